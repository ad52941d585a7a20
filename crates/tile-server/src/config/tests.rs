use super::*;

fn base_map(lines: &str) -> Result<BaseMap, String> {
    let settings = Settings::parse(&format!("[base_map]\n{lines}"), "server.toml".as_ref());
    settings.map(|settings| settings.base_map.expect("it is there")).map_err(|e| e.to_string())
}

#[test]
fn a_base_map_names_the_hosts_that_pictures_come_from() {
    let tiles = r#"tiles = ["https://a.example.cn:8443/{z}/{x}/{y}.png", "/pictures/{z}/{x}/{y}"]"#;
    let base = base_map(&format!("{tiles}\ncrs = \"gcj02\"")).expect("it is right");
    assert_eq!(base.origins().collect::<Vec<_>>(), ["https://a.example.cn:8443"]);
    assert_eq!((base.scheme(), base.tile_size, base.max_zoom), (TileScheme::Gcj02, 256, 18));
}

fn network(lines: &str) -> Result<Network, String> {
    let settings = Settings::parse(&format!("[network]\n{lines}"), "server.toml".as_ref());
    settings.map(|settings| settings.network).map_err(|e| e.to_string())
}

#[test]
fn frames_are_refused_unless_their_pages_are_named() {
    assert_eq!(network("").expect("it is right").frame_ancestors(), "'none'");
    assert_eq!(network("frame_ancestors = []").expect("it is right").frame_ancestors(), "'none'");
    let pages = r#"["'self'", "https://desk.example.cn", "http://10.0.0.7:8081", "https://*.example.cn", "http://localhost:*"]"#;
    let named = network(&format!("frame_ancestors = {pages}")).expect("they are right");
    assert_eq!(
        named.frame_ancestors(),
        "'self' https://desk.example.cn http://10.0.0.7:8081 https://*.example.cn http://localhost:*"
    );
}

#[test]
fn a_frame_ancestor_that_is_no_page_is_refused_with_the_reason() {
    for text in [
        "",
        "*",
        "'none'",
        "'unsafe-inline'",
        "self",
        "https:",
        "https://",
        "https://*",
        "https://a.*.cn",
        "desk.example.cn",
        "https://desk.example.cn/",
        "https://desk.example.cn/map",
        "https://desk.example.cn:",
        "https://desk.example.cn:0",
        "https://desk.example.cn:99999",
        "https://desk.example.cn:+80",
        "https://.example.cn",
        "https://user@example.cn",
        "https://[::1]",
        "https://a.cn https://b.cn",
        "https://a.cn; script-src *",
        "https://a.cn, default-src *",
        "https://a.cn\\r\\nSet-Cookie: a=b",
        "https://数据.cn",
        "javascript://a.cn",
        "data:",
    ] {
        let error = network(&format!("frame_ancestors = [\"{text}\"]")).expect_err(text);
        assert!(
            error.contains("server.toml: [network] frame_ancestors = ") && error.contains("https://host"),
            "{error}"
        );
    }
}

#[test]
fn a_base_map_that_cannot_be_is_refused_with_the_reason() {
    for (lines, reason) in [
        ("tiles = []", "at least one address"),
        (r#"tiles = ["https://a.cn/{z}/{x}.png"]"#, "an address such as"),
        (r#"tiles = ["https://a.cn; script-src *//{z}/{x}/{y}"]"#, "an address such as"),
        (r#"tiles = ["//a.cn/{z}/{x}/{y}"]"#, "an address such as"),
        (r#"tiles = ["javascript:{z}{x}{y}"]"#, "an address such as"),
        ("tiles = [\"/{z}/{x}/{y}\"]\ncrs = \"bd09\"", "gcj02"),
        ("tiles = [\"/{z}/{x}/{y}\"]\ntile_size = 5", "from 64 to 2048"),
    ] {
        let error = base_map(lines).expect_err(lines);
        assert!(error.contains("server.toml") && error.contains(reason), "{error}");
    }
}
