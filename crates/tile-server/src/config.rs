//! Settings: a TOML file, given with `--config`.
//!
//! ```toml
//! [limits]
//! body_bytes = 4194304
//! concurrent_requests = 256
//! request_seconds = 30
//!
//! [network]
//! public_url = "https://map.example.cn/city"   # what links in documents begin with
//! proxies = ["10.0.0.0/8"]                     # only these are believed about clients, schemes and hosts
//! hosts = ["map.example.cn"]                   # requests for other hosts are refused with 421
//! exempt = ["127.0.0.0/8", "::1/128"]          # no limits per client for these
//! origins = ["https://desk.example.cn"]        # pages that may read answers; all where it is not said
//! frame_ancestors = ["https://desk.example.cn"]   # pages that may frame the map page; none where it is not said
//!
//! [layers.buildings]        # any layer of the plate by its name
//! min_zoom = 15
//! fields = ["height"]       # only those; the code always stays
//! [layers.enterprises]
//! enabled = false
//!
//! [base_map]                # pictures under the map page
//! tiles = ["https://tiles.example.cn/{z}/{x}/{y}.png"]
//! crs = "gcj02"             # the data is shown in it; wgs84 and cgcs2000 besides
//! attribution = "© Example, GS(2026)0000"
//! ```
//!
//! What the file does not say keeps its default; [`Limits`], [`Network`], [`LayerSettings`] and [`BaseMap`]
//! list the keys.

use baseplate_core::{LayerSettings, TileScheme};
use ipnet::IpNet;
use serde::{Deserialize, Deserializer, de};
use std::{
    collections::BTreeMap,
    fs,
    net::IpAddr,
    path::{Path, PathBuf},
    time::Duration,
};

/// The settings of a server.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Whether tiles, features, searches and lists name natural persons in business (个体工商户) like any other enterprise.
    pub list_natural_persons: bool,
    /// The table `[limits]`.
    pub limits: Limits,
    /// The table `[network]`.
    pub network: Network,
    /// The table `[layers]`: what changes in the layers of the plate, by name.
    pub layers: BTreeMap<String, LayerSettings>,
    /// The table `[base_map]`: pictures under the data, on the map page and in `/style.json`.
    pub base_map: Option<BaseMap>,
}

/// Raster tiles of Web Mercator that lie under the data. Every key of the table `[base_map]` is here.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BaseMap {
    /// Templates of addresses with `{z}`, `{x}` and `{y}`: `https://…`, `http://…`, or a path of this host that begins with `/`.
    pub tiles: Vec<String>,
    /// The coordinates in which the pictures were drawn; the data is put into the same.
    #[serde(default)]
    pub crs: BaseMapCrs,
    /// Whose pictures they are, as text.
    pub attribution: Option<String>,
    /// Pixels along the side of a tile; 256 where it is not said.
    #[serde(default = "BaseMap::usual_size")]
    pub tile_size: u16,
    /// The last zoom that there are pictures for; 18 where it is not said.
    #[serde(default = "BaseMap::usual_zoom")]
    pub max_zoom: u8,
}

/// The coordinates in which a base map is drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BaseMapCrs {
    /// WGS84.
    #[default]
    Wgs84,
    /// CGCS2000, as 天地图's `w` tiles are.
    Cgcs2000,
    /// GCJ-02, as Amap's and Tencent's are.
    Gcj02,
}

impl BaseMap {
    fn usual_size() -> u16 {
        256
    }

    fn usual_zoom() -> u8 {
        18
    }

    /// The scheme in which the data lies on the pictures.
    pub(crate) fn scheme(&self) -> TileScheme {
        if self.crs == BaseMapCrs::Gcj02 { TileScheme::Gcj02 } else { TileScheme::Mercator }
    }

    /// The hosts that the pictures come from, `https://host` each; none for this host itself.
    pub(crate) fn origins(&self) -> impl Iterator<Item = &str> {
        self.tiles.iter().filter_map(|template| origin(template))
    }

    /// What is wrong, as `key = value: what is allowed`.
    fn first_wrong(&self) -> Option<String> {
        let is_template = |text: &&String| {
            let is_place = text.starts_with('/') && !text.starts_with("//") || origin(text).is_some();
            is_place && ["{z}", "{x}", "{y}"].iter().all(|part| text.contains(part))
        };
        if self.tiles.is_empty() {
            return Some("tiles = []: at least one address is wanted".to_owned());
        }
        if let Some(wrong) = self.tiles.iter().find(|text| !is_template(text)) {
            return Some(format!(
                "tiles = \"{wrong}\": an address such as https://host/{{z}}/{{x}}/{{y}}.png is wanted"
            ));
        }
        if !(64..=2048).contains(&self.tile_size) {
            return Some(format!("tile_size = {}: a number from 64 to 2048 is wanted", self.tile_size));
        }
        (self.max_zoom > 24).then(|| format!("max_zoom = {}: a number from 0 to 24 is wanted", self.max_zoom))
    }
}

/// The scheme and host of an address, if these are all plain: they become part of a security policy.
fn origin(address: &str) -> Option<&str> {
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"))?;
    let host = rest.split('/').next()?;
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']');
    (!host.is_empty() && host.bytes().all(is_plain)).then(|| &address[..address.len() - rest.len() + host.len()])
}

/// Where a server stands in its network. Every key of the table `[network]` is here.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Network {
    /// The address under which clients see the server, `https://host/path`: links in documents begin with it. Where it is not
    /// said they begin with what the configured proxies say, else with the `Host` of the request.
    pub public_url: Option<String>,
    /// Addresses of the proxies in front of the server. `Forwarded`, `X-Forwarded-For`, `-Proto`, `-Host` and `-Prefix` are
    /// believed of these only.
    #[serde(deserialize_with = "networks")]
    pub proxies: Vec<IpNet>,
    /// Which kind of headers the proxies set. Where it is not said either kind is believed, but nothing of a request that has both:
    /// a proxy may have handed on one of them as a client sent it.
    pub forwarding: Option<Forwarding>,
    /// The hosts that the server is for, with or without a port; a request for another one is answered with 421. Empty for all.
    /// `/healthz`, `/readyz` and `/metrics` answer under every host.
    pub hosts: Vec<String>,
    /// Addresses for which the limits per client do not hold.
    #[serde(deserialize_with = "networks")]
    pub exempt: Vec<IpNet>,
    /// The origins whose pages may read answers, `https://host` each; every origin where it is not said.
    pub origins: Option<Vec<String>>,
    /// The pages that may show the map page in a frame: `https://host`, `https://*.host`, `'self'`. None where it is empty.
    pub frame_ancestors: Vec<String>,
}

/// The headers in which a proxy says what it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Forwarding {
    /// `Forwarded` (RFC 7239).
    Forwarded,
    /// `X-Forwarded-For`, `-Proto` and `-Host`.
    XForwarded,
}

/// Networks such as `10.0.0.0/8`, or single addresses.
fn networks<'de, D: Deserializer<'de>>(source: D) -> Result<Vec<IpNet>, D::Error> {
    let network = |text: String| {
        let wrong = || de::Error::custom(format!("'{text}' is neither an address nor a network such as 10.0.0.0/8"));
        text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).map_err(|_| wrong())
    };
    Vec::<String>::deserialize(source)?.into_iter().map(network).collect()
}

impl Network {
    /// What is wrong, as `key = value: what is allowed`.
    fn first_wrong(&self) -> Option<String> {
        let is_url = |url: &&String| origin(url).is_some() && !url.contains(['?', '#', '"', '<', '>', ' ']);
        if let Some(wrong) = self.public_url.as_ref().filter(|url| !is_url(url)) {
            return Some(format!("public_url = \"{wrong}\": an address such as https://host/path is wanted"));
        }
        if let Some(wrong) = self.origins.iter().flatten().find(|text| origin(text) != Some(text.as_str())) {
            return Some(format!(
                "origins = \"{wrong}\": a scheme and a host such as https://host are wanted, and nothing behind"
            ));
        }
        let wrong = self.frame_ancestors.iter().find(|text| !is_frame_ancestor(text))?;
        Some(format!(
            "frame_ancestors = \"{wrong}\": 'self', or a scheme and a host such as https://host or https://*.host are wanted, and \
             nothing behind"
        ))
    }

    /// What a security policy says of who may frame the page.
    pub(crate) fn frame_ancestors(&self) -> String {
        if self.frame_ancestors.is_empty() { "'none'".to_owned() } else { self.frame_ancestors.join(" ") }
    }
}

/// Whether a text is a source expression of a security policy (CSP Level 3, 2.3.1) that names web pages by their host: letters and
/// digits with dots between, `*.` before them or not, and a port or `*` behind. Nothing else can get into the header.
fn is_frame_ancestor(text: &str) -> bool {
    if text == "'self'" {
        return true;
    }
    let Some(rest) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else { return false };
    let (host, port) = rest.split_once(':').unwrap_or((rest, "*"));
    let is_label = |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let is_port = port == "*" || port.parse::<u16>().is_ok_and(|number| number > 0 && !port.starts_with('+'));
    host.strip_prefix("*.").unwrap_or(host).split('.').all(is_label) && is_port
}

/// What a server bears. Every number is a key of the table `[limits]`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// The largest body of a request, bytes; a larger one is answered with 413.
    pub body_bytes: u32,
    /// Texts in a batch of addresses; more are answered with 413.
    pub texts: u32,
    /// Points in a batch; more are answered with 413.
    pub points: u32,
    /// The longest path with its query, bytes; a longer one is answered with 414.
    pub url_bytes: u32,
    /// Layers named in a path; more are answered with 414.
    pub layers: u32,
    /// Requests at work at a time; more are answered with 503 and `Retry-After`. A request is at work when it has arrived as a
    /// whole.
    pub concurrent_requests: u32,
    /// Requests at work at a time for one client; more are answered with 429 and `Retry-After`.
    pub requests_per_client: u32,
    /// Batches, and pages of more than 1,000 items, at work at a time; more wait for their turn, up to a quarter of
    /// `concurrent_requests`, and beyond that are answered with 503.
    pub batches: u32,
    /// Open connections. For one more the longest waiting one of the client that has most is closed.
    pub connections: u32,
    /// Open connections of one client; more are closed at once. Those of a configured proxy are not counted.
    pub connections_per_client: u32,
    /// Bodies of requests and answers not yet taken by their clients, bytes. For more of them the longest waiting connection of
    /// the client that holds most is closed; where none waits, a body is answered with 503.
    pub held_bytes: u64,
    /// Time until an answer begins, seconds; then 504.
    pub request_seconds: u32,
    /// Time for the head of a request to arrive, also the time a connection may idle, seconds; then it is closed.
    pub header_seconds: u32,
    /// Time for the body of a request to arrive, seconds; then 408.
    pub body_seconds: u32,
    /// Time for which a client may take nothing of its answer, seconds; then the connection is closed.
    pub write_seconds: u32,
    /// Finished tiles kept, bytes; 0 keeps none.
    pub cache_bytes: u64,
    /// Time that running requests get when the server is told to stop, seconds.
    pub drain_seconds: u32,
    /// Time for which a server that was told to stop still takes requests while `/readyz` says 503, seconds.
    pub unready_seconds: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 4 << 20,
            texts: 10_000,
            points: 100_000,
            url_bytes: 8 << 10,
            layers: 64,
            concurrent_requests: 256,
            requests_per_client: 128,
            batches: 2,
            connections: 4096,
            connections_per_client: 2048,
            held_bytes: 96 << 20,
            request_seconds: 30,
            header_seconds: 20,
            body_seconds: 15,
            write_seconds: 30,
            cache_bytes: 256 << 20,
            drain_seconds: 25,
            unready_seconds: 0,
        }
    }
}

/// The longest time that can be set: a day.
const SECONDS_MAX: u32 = 86_400;

impl Limits {
    /// [`Limits::request_seconds`].
    pub(crate) fn request_time(&self) -> Duration {
        seconds(self.request_seconds)
    }

    /// [`Limits::header_seconds`].
    pub(crate) fn header_time(&self) -> Duration {
        seconds(self.header_seconds)
    }

    /// [`Limits::body_seconds`].
    pub(crate) fn body_time(&self) -> Duration {
        seconds(self.body_seconds)
    }

    /// [`Limits::write_seconds`].
    pub(crate) fn write_time(&self) -> Duration {
        seconds(self.write_seconds)
    }

    /// [`Limits::drain_seconds`].
    pub(crate) fn drain_time(&self) -> Duration {
        seconds(self.drain_seconds)
    }

    /// [`Limits::unready_seconds`].
    pub(crate) fn unready_time(&self) -> Duration {
        seconds(self.unready_seconds)
    }

    /// The first value with which a server could not work, as `key = value: what is allowed`.
    fn first_wrong(&self) -> Option<String> {
        let counts = [
            ("body_bytes", self.body_bytes),
            ("texts", self.texts),
            ("points", self.points),
            ("url_bytes", self.url_bytes),
            ("layers", self.layers),
            ("concurrent_requests", self.concurrent_requests),
            ("requests_per_client", self.requests_per_client),
            ("batches", self.batches),
            ("connections", self.connections),
            ("connections_per_client", self.connections_per_client),
        ];
        let times = [
            ("request_seconds", self.request_seconds, 1),
            ("header_seconds", self.header_seconds, 1),
            ("body_seconds", self.body_seconds, 1),
            ("write_seconds", self.write_seconds, 1),
            ("drain_seconds", self.drain_seconds, 0),
            ("unready_seconds", self.unready_seconds, 0),
        ];
        let counts = counts.into_iter().map(|(key, value)| (key, value, 1, u32::MAX));
        let times = times.into_iter().map(|(key, value, least)| (key, value, least, SECONDS_MAX));
        if self.connections <= self.concurrent_requests {
            return Some(format!(
                "connections = {}: more than the {} of concurrent_requests are wanted",
                self.connections, self.concurrent_requests
            ));
        }
        let wrong = counts.chain(times).find(|(_, value, least, most)| !(least..=most).contains(&value));
        wrong.map(|(key, value, least, most)| format!("{key} = {value}: a number from {least} to {most} is wanted"))
    }
}

fn seconds(number: u32) -> Duration {
    Duration::from_secs(number.into())
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{path}: {source}; --config wants a TOML file")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The file is not TOML, or has a key or a value that is not known: the message shows the line.
    #[error("{path}: {reason}")]
    Content {
        /// The file.
        path: PathBuf,
        /// The line, the key, the value, and what is allowed.
        reason: String,
    },
}

impl Settings {
    /// Reads a file.
    ///
    /// # Errors
    /// [`ConfigError`], which names the file, the key, the value and what would be right.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = fs::read_to_string(path).map_err(|source| ConfigError::Io { path: path.to_owned(), source })?;
        Self::parse(&text, path)
    }

    /// Takes the settings from a text; `path` is named in errors.
    ///
    /// # Errors
    /// [`ConfigError::Content`].
    ///
    /// ```
    /// let settings = tile_server::Settings::parse("[limits]\ntexts = 500", "server.toml".as_ref())?;
    /// assert_eq!((settings.limits.texts, settings.limits.points), (500, 100_000));
    /// # Ok::<(), tile_server::ConfigError>(())
    /// ```
    pub fn parse(text: &str, path: &Path) -> Result<Self, ConfigError> {
        let wrong = |reason| ConfigError::Content { path: path.to_owned(), reason };
        let settings: Self = toml::from_str(text).map_err(|e| wrong(e.to_string().trim_end().to_owned()))?;
        let in_limits = settings.limits.first_wrong().map(|reason| format!("[limits] {reason}"));
        let in_network = || settings.network.first_wrong().map(|reason| format!("[network] {reason}"));
        let in_base_map = || settings.base_map.as_ref()?.first_wrong().map(|reason| format!("[base_map] {reason}"));
        in_limits.or_else(in_network).or_else(in_base_map).map_or(Ok(()), |reason| Err(wrong(reason)))?;
        Ok(settings)
    }
}

#[cfg(test)]
mod tests;
