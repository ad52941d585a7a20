//! Who asks, and under which address this server is seen: what proxies say is believed of the configured ones only.

use crate::config::{Forwarding, Network};
use axum::http::{
    HeaderMap,
    header::{FORWARDED, HOST},
};
use std::net::IpAddr;

/// The other end of the connection that a request came on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// What the proxies in front of this server say about a request.
#[derive(Debug, Default, PartialEq)]
struct Told<'h> {
    client: Option<IpAddr>,
    scheme: Option<&'h str>,
    host: Option<&'h str>,
    prefix: Option<&'h str>,
}

impl Network {
    /// Whether limits per client do not hold for an address.
    pub(crate) fn is_exempt(&self, address: IpAddr) -> bool {
        self.exempt.iter().any(|net| net.contains(&address.to_canonical()))
    }

    /// Whether an address is one of the configured proxies.
    pub(crate) fn is_proxy(&self, address: IpAddr) -> bool {
        self.proxies.iter().any(|net| net.contains(&address.to_canonical()))
    }

    /// The address of the client: the last one that no configured proxy has.
    pub(crate) fn client(&self, headers: &HeaderMap, peer: Peer) -> IpAddr {
        self.told(headers, Some(peer)).client.unwrap_or_else(|| peer.0.to_canonical())
    }

    /// The host that the client asked, with its port.
    pub(crate) fn host<'h>(&self, headers: &'h HeaderMap, peer: Option<Peer>) -> Option<&'h str> {
        let own = || headers.get(HOST).and_then(|value| value.to_str().ok()).filter(is_host);
        self.told(headers, peer).host.or_else(own)
    }

    /// Whether a host is one of those that this server is for.
    pub(crate) fn serves(&self, host: Option<&str>) -> bool {
        let bare =
            |host: &str| host.rsplit_once(':').filter(|(_, port)| is_port(port)).map_or(host, |(h, _)| h).to_owned();
        let is =
            |listed: &String, host: &str| listed.eq_ignore_ascii_case(host) || listed.eq_ignore_ascii_case(&bare(host));
        self.hosts.is_empty() || host.is_some_and(|host| self.hosts.iter().any(|listed| is(listed, host)))
    }

    /// The address under which the client sees this server, without a slash behind it.
    pub(crate) fn base(&self, headers: &HeaderMap, peer: Option<Peer>) -> String {
        if let Some(url) = &self.public_url {
            return url.trim_end_matches('/').to_owned();
        }
        let told = self.told(headers, peer);
        let host = self.host(headers, peer).unwrap_or("localhost");
        format!("{}://{host}{}", told.scheme.unwrap_or("http"), told.prefix.unwrap_or_default().trim_end_matches('/'))
    }

    /// What can be believed. Each proxy puts what it saw behind what it was told, so of a list the entry counts that the first
    /// of the configured proxies wrote: as many from the end as configured proxies stand in a row there.
    fn told<'h>(&self, headers: &'h HeaderMap, peer: Option<Peer>) -> Told<'h> {
        if !peer.is_some_and(|Peer(address)| self.is_proxy(address)) {
            return Told::default();
        }
        let customary = || {
            ["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-prefix"]
                .iter()
                .any(|name| headers.contains_key(*name))
        };
        let told = match (self.forwarding, headers.contains_key(FORWARDED)) {
            (Some(Forwarding::Forwarded), _) => self.standard(headers),
            (Some(Forwarding::XForwarded), _) | (None, false) => self.customary(headers),
            // One kind may be the client's own, and it cannot be told which.
            (None, true) if customary() => Told::default(),
            (None, true) => self.standard(headers),
        };
        Told {
            scheme: told.scheme.filter(|s| ["http", "https"].contains(s)),
            host: told.host.filter(is_host),
            prefix: told.prefix.filter(is_path),
            ..told
        }
    }

    /// RFC 7239; it knows no prefix, for which there is `public_url`.
    fn standard<'h>(&self, headers: &'h HeaderMap) -> Told<'h> {
        let elements = list(headers, FORWARDED.as_str());
        let parameter = |element: &'h str, name: &str| {
            let pairs = element.split(';').filter_map(|pair| pair.split_once('='));
            let mut named = pairs.filter(|(key, _)| key.trim().eq_ignore_ascii_case(name));
            named.next().map(|(_, value)| value.trim().trim_matches('"'))
        };
        let clients: Vec<_> = elements.iter().map(|element| parameter(element, "for").and_then(node)).collect();
        let (place, client) = self.first_vouched(&clients);
        let Some(element) = elements.len().checked_sub(place).and_then(|at| elements.get(at)) else {
            return Told::default();
        };
        let (scheme, host) = (parameter(element, "proto"), parameter(element, "host"));
        Told { client, scheme, host, prefix: None }
    }

    /// The headers that were there before the standard.
    fn customary<'h>(&self, headers: &'h HeaderMap) -> Told<'h> {
        let clients: Vec<_> = list(headers, "x-forwarded-for").into_iter().map(node).collect();
        let (place, client) = self.first_vouched(&clients);
        let of = |name: &str| entry(&list(headers, name), place);
        Told { client, scheme: of("x-forwarded-proto"), host: of("x-forwarded-host"), prefix: of("x-forwarded-prefix") }
    }

    /// How many entries from the end, 1 for the last, the one stands that the first configured proxy wrote, and the client in it.
    fn first_vouched(&self, clients: &[Option<IpAddr>]) -> (usize, Option<IpAddr>) {
        let behind = clients.iter().rev().take_while(|c| c.is_some_and(|address| self.is_proxy(address))).count();
        let place = (behind + 1).min(clients.len().max(1));
        (place, clients.len().checked_sub(place).and_then(|at| clients.get(at).copied().flatten()))
    }
}

/// The entries of a header, however many times it stands there.
fn list<'h>(headers: &'h HeaderMap, name: &str) -> Vec<&'h str> {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim).filter(|entry| !entry.is_empty()).collect()
}

/// The entry at a place from the end, or the first one of a shorter list: proxies may overwrite rather than add.
fn entry<'h>(entries: &[&'h str], place: usize) -> Option<&'h str> {
    entries.get(entries.len().saturating_sub(place)).copied()
}

/// The address in a node of RFC 7239 or in an entry of `X-Forwarded-For`, with or without a port.
fn node(text: &str) -> Option<IpAddr> {
    let text = text.trim_matches('"');
    let address = match text.strip_prefix('[') {
        Some(v6) => v6.split(']').next()?,
        None => text.split_once(':').filter(|(_, port)| is_port(port)).map_or(text, |(v4, _)| v4),
    };
    address.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

fn is_port(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_host(host: &&str) -> bool {
    !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:[]_".contains(&b))
}

/// Whether a text can stand in an address as a path from the root on.
fn is_path(path: &&str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"/-._~".contains(&b);
    path.starts_with('/') && !path.contains("//") && path.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Settings;
    use axum::http::{HeaderName, HeaderValue};

    const PROXY: &str = "10.0.0.1";

    fn network(lines: &str) -> Network {
        Settings::parse(&format!("[network]\n{lines}"), "server.toml".as_ref()).expect("settings").network
    }

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let header = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).expect("a value"))
        };
        let mut headers = HeaderMap::from_iter([(HOST, HeaderValue::from_static("own.example:8080"))]);
        headers.extend(lines.iter().map(header));
        headers
    }

    fn peer(text: &str) -> Peer {
        Peer(text.parse().expect("an address"))
    }

    /// What a request says, the client and the base behind the configured proxies 10.0.0.0/8.
    type Case = (&'static [(&'static str, &'static str)], &'static str, &'static str);

    #[test]
    fn configured_proxies_are_believed() {
        let network = network("proxies = [\"10.0.0.0/8\", \"fd00::/8\"]");
        let cases: [Case; 13] = [
            (&[], PROXY, "http://own.example:8080"),
            (&[("x-forwarded-for", "9.9.9.9"), ("x-forwarded-proto", "https")], "9.9.9.9", "https://own.example:8080"),
            // What the client made up stands before what the proxies saw.
            (
                &[("x-forwarded-for", "6.6.6.6, 9.9.9.9"), ("x-forwarded-host", "evil.example, map.cn")],
                "9.9.9.9",
                "http://map.cn",
            ),
            (
                &[
                    ("x-forwarded-for", "6.6.6.6, 9.9.9.9, 10.1.1.1"),
                    ("x-forwarded-host", "evil.example, map.cn, inner"),
                ],
                "9.9.9.9",
                "http://map.cn",
            ),
            (&[("x-forwarded-for", "6.6.6.6"), ("x-forwarded-for", "9.9.9.9")], "9.9.9.9", "http://own.example:8080"),
            // One proxy overwrites where the others add.
            (
                &[("x-forwarded-for", "9.9.9.9, 10.1.1.1"), ("x-forwarded-proto", "https")],
                "9.9.9.9",
                "https://own.example:8080",
            ),
            (&[("x-forwarded-host", "map.cn"), ("x-forwarded-prefix", "/city/")], PROXY, "http://map.cn/city"),
            (&[("x-forwarded-prefix", "//evil.example")], PROXY, "http://own.example:8080"),
            (&[("x-forwarded-proto", "javascript")], PROXY, "http://own.example:8080"),
            (&[("forwarded", "for=9.9.9.9;proto=https;host=map.cn")], "9.9.9.9", "https://map.cn"),
            (
                &[("forwarded", "For=\"[2001:db8::1]:4711\"; Proto=https, for=10.2.2.2;host=inner")],
                "2001:db8::1",
                "https://own.example:8080",
            ),
            // One of them may be the client's.
            (&[("forwarded", "for=9.9.9.9"), ("x-forwarded-for", "8.8.8.8")], PROXY, "http://own.example:8080"),
            (&[("forwarded", "for=unknown, for=_hidden")], PROXY, "http://own.example:8080"),
        ];
        for (lines, client, base) in cases {
            let headers = headers(lines);
            assert_eq!(network.client(&headers, peer(PROXY)).to_string(), client, "{lines:?}");
            assert_eq!(network.base(&headers, Some(peer(PROXY))), base, "{lines:?}");
            assert_eq!(
                network.client(&headers, peer("::ffff:10.0.0.1")),
                network.client(&headers, peer(PROXY)).to_owned()
            );
            // Others are not.
            assert_eq!(network.client(&headers, peer("9.1.1.1")).to_string(), "9.1.1.1", "{lines:?}");
            for stranger in [Some(peer("9.1.1.1")), None] {
                assert_eq!(network.base(&headers, stranger), "http://own.example:8080", "{lines:?}");
            }
        }
    }

    #[test]
    fn a_public_address_overrules() {
        let network = network("public_url = \"https://map.cn/city/\"\nproxies = [\"10.0.0.0/8\"]");
        let headers = headers(&[("x-forwarded-host", "other.cn")]);
        assert_eq!(network.base(&headers, Some(peer(PROXY))), "https://map.cn/city");
    }

    #[test]
    fn hosts_are_compared_with_and_without_their_port() {
        let network = network("hosts = [\"map.cn\", \"[::1]\", \"other.cn:8080\"]");
        for (host, served) in [
            ("map.cn", true),
            ("MAP.cn:8080", true),
            ("[::1]:8080", true),
            ("[::1]", true),
            ("other.cn:8080", true),
            ("other.cn", false),
            ("evil.map.cn", false),
        ] {
            assert_eq!(network.serves(Some(host)), served, "{host}");
        }
        assert!(!network.serves(None));
    }

    #[test]
    fn one_kind_of_headers_can_be_chosen() {
        let both = headers(&[("forwarded", "for=9.9.9.9"), ("x-forwarded-for", "8.8.8.8")]);
        for (kind, client) in [("forwarded", "9.9.9.9"), ("x-forwarded", "8.8.8.8")] {
            let network = network(&format!("proxies = [\"{PROXY}\"]\nforwarding = \"{kind}\""));
            assert_eq!(network.client(&both, peer(PROXY)).to_string(), client);
        }
    }
}
