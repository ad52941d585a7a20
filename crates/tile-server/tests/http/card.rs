//! 一码通: a code leads to its card, and to the QR code that leads there.

use crate::{ask_with, body, get, header_of, json, problem};
use axum::http::{StatusCode, header};

const BUILDING: &str = "9901010010010100001";

#[tokio::test]
async fn a_code_leads_to_the_page_with_its_card() {
    for (path, place) in [
        ("/c/9901010010010100001", "../#code=9901010010010100001"),
        // However it is written, the code is the one that was issued.
        ("/c/%2091990101mahtnddp28", "../#code=91990101MAHTNDDP28"),
        ("/c/enterprises/91990101MAHTNDDP28", "../../#code=91990101MAHTNDDP28"),
    ] {
        let answer = get(path).await;
        assert_eq!(answer.status(), StatusCode::TEMPORARY_REDIRECT, "{path}");
        assert_eq!(header_of(&answer, header::LOCATION), place);
        assert_eq!(header_of(&answer, header::CACHE_CONTROL), "no-cache");
    }
}

#[tokio::test]
async fn who_asks_for_json_gets_it() {
    let path = format!("/c/{BUILDING}");
    let answer = ask_with(&path, &[(header::ACCEPT, "application/json")]).await;
    assert_eq!(
        (answer.status(), header_of(&answer, header::CONTENT_TYPE)),
        (StatusCode::OK, "application/json".into())
    );
    let (_, entity) = json(&format!("/api/entities/{BUILDING}")).await;
    let told: serde_json::Value = serde_json::from_slice(&body(answer).await).expect("JSON");
    assert_eq!(told, entity);
    assert_eq!(json("/c/enterprises/91990101MAHTNDDP28?f=json").await.1["entity"], "enterprise");
}

#[tokio::test]
async fn an_unknown_code_is_said_in_words() {
    for path in ["/c/nothing", "/c/enterprises/nothing", "/c/hydrants/1"] {
        let page = ask_with(path, &[(header::ACCEPT, "text/html,*/*;q=0.8")]).await;
        assert_eq!(page.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(header_of(&page, header::CONTENT_TYPE), "text/html; charset=utf-8");
        let text = String::from_utf8(body(page).await).expect("text");
        assert!(text.contains("没有这个编码") && text.contains("Unknown code"), "{text}");
        let (status, _) = problem(ask_with(path, &[(header::ACCEPT, "application/json")]).await).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_qr_code_is_drawn_of_codes_that_there_are() {
    let svg = get(&format!("/qr/{BUILDING}.svg?size=60")).await;
    assert_eq!(header_of(&svg, header::CONTENT_TYPE), "image/svg+xml");
    let text = String::from_utf8(body(svg).await).expect("text");
    assert!(text.contains("width=\"60mm\" height=\"60mm\""), "{text}");

    let path = format!("/qr/{BUILDING}.png");
    let png = ask_with(&path, &[(header::ACCEPT_ENCODING, "gzip")]).await;
    assert_eq!(
        (header_of(&png, header::CONTENT_TYPE), header_of(&png, header::CONTENT_ENCODING)),
        ("image/png".into(), String::new())
    );
    let tag = header_of(&png, header::ETAG);
    let bytes = body(png).await;
    let side = |bytes: &[u8]| u32::from_be_bytes(bytes[16..20].try_into().expect("four bytes"));
    assert_eq!(side(&bytes), 472, "40 mm at 300 to the inch");
    let again = ask_with(&path, &[(header::IF_NONE_MATCH, &tag)]).await;
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    let modules = side(&body(get(&format!("{path}?module=1")).await).await);
    assert_eq!(side(&body(get(&format!("{path}?module=7")).await).await), 7 * modules);
    assert_eq!(get("/qr/enterprises/91990101MAHTNDDP28.svg").await.status(), StatusCode::OK);

    for (path, status, words) in [
        ("/qr/nothing.svg", StatusCode::NOT_FOUND, "'nothing'"),
        ("/qr/enterprises/nothing.svg", StatusCode::NOT_FOUND, "'nothing'"),
        ("/qr/9901010010010100001.gif", StatusCode::NOT_FOUND, "QR codes are at"),
        ("/qr/9901010010010100001.svg?size=201", StatusCode::BAD_REQUEST, "'201' is not a number from 10 to 200"),
    ] {
        let (told, detail) = problem(get(path).await).await;
        assert!(told == status && detail.contains(words), "{path}: {told} {detail}");
    }
}
