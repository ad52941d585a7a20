//! Following what is published: page by page, and as server-sent events.

use crate::{body, built, header_of, problem};
use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header},
    response::Response,
};
use baseplate_core::{Audience, Baseplate, LayerLabels, RecordSource, add_layer, label_layer};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};
use tempfile::TempDir;
use tile_server::{App, Settings};
use tokio::time::timeout;
use tower::ServiceExt;

/// A town to which layers are added while it is served.
struct Town {
    dir: TempDir,
    plate: PathBuf,
    app: App,
}

impl Town {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let (plate, app) = (dir.path().join("town.plate"), App::new(Settings::default()));
        let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/town/spec.toml");
        app.publish(built(&spec, &plate)).expect("the settings fit");
        Self { dir, plate, app }
    }

    /// Publishes one more layer, of a case at an address.
    fn add(&self, id: &str, audience: Audience) {
        let lines = format!(
            "id = \"{id}\"\npath = \"cases.csv\"\naudience = \"{}\"\nat = {{ address = \"street\" }}\n",
            audience.as_str()
        );
        fs::write(self.dir.path().join("cases.csv"), "street\n9901010010010100001000101\n").expect("a file");
        let source = RecordSource::parse(&lines, &self.dir.path().join("layer.toml")).expect("the lines of a layer");
        add_layer(&self.plate, &source, &|_| {}).expect("is added");
        self.serve();
    }

    fn label(&self, id: &str, keeper: &str) {
        let labels = LayerLabels { keeper: Some(keeper.to_owned()), ..LayerLabels::default() };
        label_layer(&self.plate, id, &labels).expect("is labelled");
        self.serve();
    }

    fn serve(&self) {
        self.app.publish(Baseplate::open(&self.plate).expect("opens")).expect("the settings fit");
    }

    async fn ask(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        let request = headers.iter().fold(Request::get(path), |request, (name, value)| request.header(*name, *value));
        let router: Router = self.app.router();
        router.oneshot(request.body(Body::empty()).expect("a request")).await.expect("answers")
    }

    async fn json(&self, path: &str) -> Value {
        let answer = self.ask(path, &[]).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        serde_json::from_slice(&body(answer).await).expect("JSON")
    }

    /// Listens to what comes after a cursor.
    async fn listen(&self, last: &str) -> Body {
        let answer = self.ask("/api/changes", &[("accept", "text/event-stream"), ("last-event-id", last)]).await;
        assert_eq!(header_of(&answer, header::CONTENT_TYPE), "text/event-stream");
        assert_eq!(header_of(&answer, header::CACHE_CONTROL), "no-store");
        answer.into_body()
    }
}

/// The next event of a listener: its id, and what it tells; none if there are no more.
async fn heard(events: &mut Body) -> Option<(u64, Value)> {
    let frame = timeout(Duration::from_secs(20), events.frame()).await.expect("in time")?.expect("a frame");
    let text = String::from_utf8(frame.into_data().expect("data").to_vec()).expect("text");
    let lines = text.strip_suffix("\n\n").expect("an event ends with an empty line");
    let field = |name: &str| lines.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    assert_eq!(field("event"), Some("publication"), "{text}");
    let data = serde_json::from_str(field("data").expect("data")).expect("JSON");
    Some((field("id").expect("an id").parse().expect("a number"), data))
}

#[tokio::test]
async fn changes_are_told_page_by_page() {
    let town = Town::new();
    town.add("cases", Audience::Public);
    town.add("secret", Audience::Internal);
    let first = town.json("/api/changes?limit=2").await;
    assert_eq!((&first["generation"], &first["next"]), (&"000003".into(), &2.into()));
    let added = &first["changes"][1];
    let expected = json!({
        "cursor": 2, "after": 1, "at": added["at"], "kind": "layer-add",
        "layers": [{
            "layer": "cases", "change": "added", "rows_before": null, "rows_after": 1, "linked_before": null, "linked_after": 1,
            "districts": [{ "code": added["layers"][0]["districts"][0]["code"], "before": 0, "after": 1 }],
        }],
    });
    assert_eq!(added, &expected);
    let last = town.json("/api/changes?since=2").await;
    assert_eq!(
        (&last["next"], &last["changes"][0]["layers"]),
        (&3.into(), &json!([])),
        "what is not public is not told"
    );
    assert_eq!(town.json("/api/changes?since=3").await["changes"], json!([]));
    assert_eq!(town.json("/api/changes?since=9").await["next"], 9, "who asked a newer server waits");
    assert_eq!(header_of(&town.ask("/api/changes", &[]).await, header::CONTENT_TYPE), "application/json");
    for (path, id) in
        [("/api/changes?since=x", "1"), ("/api/changes?limit=0", "1"), ("/api/changes", "x"), ("/api/changes", "-1")]
    {
        let (status, detail) = problem(town.ask(path, &[("last-event-id", id)]).await).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path} {id}: {detail}");
    }
}

#[tokio::test]
async fn who_listens_hears_every_publication_once_and_goes_on_where_it_was() {
    let town = Town::new();
    town.add("cases", Audience::Public);
    let mut events = town.listen("0").await;
    for cursor in [1, 2] {
        assert_eq!(
            heard(&mut events).await.map(|(id, data)| (id, data["cursor"].clone())),
            Some((cursor, cursor.into()))
        );
    }
    town.label("cases", "热线中心");
    let (id, data) = heard(&mut events).await.expect("an event");
    assert_eq!((id, &data["layers"][0]["change"]), (3, &"changed".into()));
    drop(events);
    // Several are published before the server is told, and while nobody listens.
    let labels = LayerLabels { keeper: Some("甲".to_owned()), ..LayerLabels::default() };
    label_layer(&town.plate, "cases", &labels).expect("is labelled");
    town.label("cases", "乙");
    let mut again = town.listen("3").await;
    for cursor in [4, 5] {
        assert_eq!(heard(&mut again).await.map(|(id, _)| id), Some(cursor));
    }
    town.app.drain();
    assert_eq!(heard(&mut again).await, None, "listening ends with the server");
}

#[tokio::test]
async fn a_cursor_that_is_not_kept_is_gone_and_places_are_bounded() {
    let town = Town::new();
    // A plate of which the journal was lost begins one at the next publication.
    town.label_without_journal();
    for headers in [&[][..], &[("accept", "text/event-stream, */*")]] {
        let (status, detail) = problem(town.ask("/api/changes?since=1", headers).await).await;
        assert_eq!((status, detail.contains("generation 000003")), (StatusCode::GONE, true), "{detail}");
    }
    let mut listeners = Vec::new();
    for _ in 0..256 {
        listeners.push(town.listen("3").await);
    }
    let full = town.ask("/api/changes", &[("accept", "text/event-stream")]).await;
    assert_eq!(problem(full).await.0, StatusCode::SERVICE_UNAVAILABLE);
    listeners.pop();
    timeout(Duration::from_secs(20), async {
        while town.ask("/api/changes?since=3", &[("accept", "text/event-stream")]).await.status() != StatusCode::OK {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .expect("a place is given back");
}

impl Town {
    /// Publishes twice, and loses the journal in between.
    fn label_without_journal(&self) {
        self.add("cases", Audience::Public);
        fs::write(self.plate.join("000002/changes.jsonl"), "{}\n").expect("written");
        let labels = LayerLabels { keeper: Some("甲".to_owned()), ..LayerLabels::default() };
        label_layer(&self.plate, "cases", &labels).expect("is labelled");
        self.serve();
    }
}
