use std::sync::Mutex;

use axum::{
    body::Body,
    http::{Method, Request},
};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;
use tracing_subscriber::fmt::MakeWriter;

use super::*;

fn app() -> App {
    let app = App::new(Duration::from_secs(1), "test");
    app.set_ready(true);
    app
}

fn get(path: &str) -> Request<Body> {
    request(Method::GET, path)
}

fn request(method: Method, path: &str) -> Request<Body> {
    Request::builder()
        .method(method)
        .uri(path)
        .body(Body::empty())
        .unwrap()
}

async fn answer(router: Router, request: Request<Body>) -> Response {
    router.oneshot(request).await.unwrap()
}

async fn text(response: Response) -> String {
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

async fn json(response: Response) -> Value {
    serde_json::from_str(&text(response).await).unwrap()
}

/// What is logged while the guard lives, by this thread.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Lines {
    fn capture(&self) -> tracing::subscriber::DefaultGuard {
        tracing::subscriber::set_default(logs::subscriber(&Config::default(), "test", self.clone()))
    }

    fn read(&self) -> Vec<Value> {
        String::from_utf8(self.0.lock().unwrap().clone())
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

#[tokio::test]
async fn routes_answer() {
    let too_long = format!("/v1/greetings/{}", "x".repeat(81));
    for (method, path, status, body) in [
        (
            Method::GET,
            "/v1/greetings/Ada",
            200,
            Some(r#"{"message":"Hello, Ada!"}"#),
        ),
        (
            Method::GET,
            "/v1/greetings/Zo%C3%AB%20%22b%22",
            200,
            Some(r#"{"message":"Hello, Zoë \"b\"!"}"#),
        ),
        (Method::GET, &too_long, 400, None),
        (Method::GET, "/v1/greetings/%ff", 400, None),
        (Method::POST, "/v1/greetings/Ada", 405, None),
        (Method::GET, "/healthz", 200, Some(r#"{"status":"ok"}"#)),
        (Method::GET, "/readyz", 200, Some(r#"{"status":"ok"}"#)),
        (Method::GET, "/nowhere", 404, None),
    ] {
        let response = answer(router(app()), request(method.clone(), path)).await;
        assert_eq!(response.status(), status, "{method} {path}");
        let got = text(response).await;
        if let Some(body) = body {
            assert_eq!(got, body, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn readiness_follows_the_service() {
    let app = App::new(Duration::from_secs(1), "test");
    let status = |path| {
        let router = router(app.clone());
        async move { answer(router, get(path)).await.status() }
    };
    assert_eq!(status("/readyz").await, StatusCode::SERVICE_UNAVAILABLE);
    app.set_ready(true);
    assert_eq!(status("/readyz").await, StatusCode::OK);
    app.set_ready(false);
    assert_eq!(status("/readyz").await, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(status("/healthz").await, StatusCode::OK);
}

#[tokio::test]
async fn errors_are_problems_that_carry_the_request_id() {
    for (path, status, detail) in [
        ("/nowhere", 404, "There is nothing at this address."),
        ("/v1/greetings/%ff", 400, "Invalid UTF-8 in `name`"),
    ] {
        let mut request = get(path);
        request
            .headers_mut()
            .insert("x-request-id", "abc-123".parse().unwrap());
        let response = answer(router(app()), request).await;
        assert_eq!(
            response.headers()[header::CONTENT_TYPE],
            "application/problem+json"
        );
        let problem = json(response).await;
        assert_eq!(problem["status"], status);
        assert_eq!(problem["requestId"], "abc-123");
        assert!(
            problem["detail"].as_str().unwrap().contains(detail),
            "{problem}"
        );
    }
}

#[tokio::test]
async fn the_wrong_method_is_told_the_right_ones() {
    let response = answer(router(app()), request(Method::DELETE, "/v1/greetings/Ada")).await;
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(response.headers()[header::ALLOW], "GET,HEAD");
    assert_eq!(json(response).await["title"], "Method Not Allowed");
}

#[tokio::test]
async fn request_ids_that_could_forge_a_log_line_are_replaced() {
    for forged in ["a\" level=ERROR", "", &"x".repeat(65)] {
        let mut request = get("/healthz");
        request
            .headers_mut()
            .insert("x-request-id", forged.parse().unwrap());
        let response = answer(router(app()), request).await;
        let id = response.headers()["x-request-id"].to_str().unwrap();
        assert_ne!(id, forged);
        assert_eq!(id.len(), 36);
    }
}

#[tokio::test]
async fn requests_are_logged_by_route_and_probes_are_not() {
    let lines = Lines::default();
    let _guard = lines.capture();
    let app = app();
    answer(router(app.clone()), get("/healthz")).await;
    answer(router(app), get("/v1/greetings/Ada")).await;

    let lines = lines.read();
    assert_eq!(lines.len(), 1, "{lines:?}");
    let line = &lines[0];
    assert_eq!(line["service"], SERVICE);
    assert_eq!(line["level"], "INFO");
    assert_eq!(line["message"], "request");
    assert_eq!(line["route"], "/v1/greetings/{name}");
    assert_eq!(line["status"], 200);
    assert_eq!(line["requestId"].as_str().unwrap().len(), 36);
}

#[tokio::test]
async fn requests_are_counted_by_route() {
    let app = app();
    answer(router(app.clone()), get("/v1/greetings/Ada")).await;
    answer(router(app.clone()), get("/v1/greetings/Grace")).await;
    answer(router(app.clone()), get("/nowhere")).await;

    let metrics = text(answer(router(app), get("/metrics")).await).await;
    for line in [
        r#"http_requests_total{method="GET",route="/v1/greetings/{name}",code="200"} 2"#,
        r#"http_request_duration_seconds_count{method="GET",route="/v1/greetings/{name}",code="200"} 2"#,
        r#"http_requests_total{method="GET",route="other",code="404"} 1"#,
    ] {
        assert!(metrics.contains(line), "no {line} in\n{metrics}");
    }
}

fn router_around(handler: axum::routing::MethodRouter<App>) -> Router {
    let app = app();
    Router::new()
        .route("/", handler)
        .layer(middleware::from_fn_with_state(app.clone(), limit_time))
        .layer(CatchPanicLayer::custom(answer_panic))
        .layer(middleware::from_fn_with_state(
            app.clone(),
            observe::observe,
        ))
        .with_state(app)
}

#[tokio::test]
async fn a_panic_is_answered_and_its_cause_kept_back() {
    async fn fail() -> StatusCode {
        panic!("out of luck")
    }
    let router = router_around(axum::routing::get(fail));
    let response = answer(router, get("/")).await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let body = text(response).await;
    assert!(body.contains("Internal Server Error"), "{body}");
    assert!(!body.contains("luck"), "{body}");
}

#[tokio::test(start_paused = true)]
async fn a_request_that_takes_too_long_is_answered_and_logged() {
    let lines = Lines::default();
    let _guard = lines.capture();
    let router = router_around(axum::routing::get(|| async {
        time::sleep(Duration::from_secs(2)).await;
    }));
    let response = answer(router, get("/")).await;
    assert_eq!(response.status(), StatusCode::GATEWAY_TIMEOUT);
    assert_eq!(json(response).await.get("detail"), None);
    let lines = lines.read();
    assert_eq!(lines[0]["cause"], "no answer within 1s", "{lines:?}");
    assert_eq!(lines[0]["requestId"], lines[1]["requestId"]);
}

#[tokio::test]
async fn what_axum_finds_wrong_by_itself_is_a_problem_too() {
    let router = router_around(axum::routing::get(|| async {
        (StatusCode::UNPROCESSABLE_ENTITY, "plain words")
    }));
    let response = answer(router, get("/")).await;
    assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(json(response).await["status"], 422);
}
