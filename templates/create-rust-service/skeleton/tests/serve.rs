//! The service on a socket, from its start to its end.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::{net::SocketAddr, time::Duration};

use server::{RunError, config::Config};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
    time::timeout,
};

struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<Result<(), RunError>>,
}

async fn start(config: Config) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let ended = tokio::spawn(server::run(listener, config, "test", async move {
        let _ = stopped.await;
    }));
    Running {
        address,
        stop,
        ended,
    }
}

async fn get(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn serves_and_stops_when_told() {
    let running = start(Config {
        drain_delay: Duration::ZERO,
        ..Config::default()
    })
    .await;
    let answer = get(running.address, "/readyz").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");

    running.stop.send(()).unwrap();

    let result = timeout(Duration::from_secs(5), running.ended)
        .await
        .expect("it goes on after it was told to stop")
        .unwrap();
    assert!(result.is_ok(), "{result:?}");
    assert!(TcpStream::connect(running.address).await.is_err());
}

#[tokio::test]
async fn is_not_ready_but_answers_while_it_drains() {
    let running = start(Config {
        drain_delay: Duration::from_millis(500),
        ..Config::default()
    })
    .await;
    running.stop.send(()).unwrap();

    let answer = timeout(Duration::from_secs(5), async {
        loop {
            let answer = get(running.address, "/readyz").await;
            if answer.starts_with("HTTP/1.1 503") {
                return answer;
            }
        }
    })
    .await
    .expect("it stays ready");
    assert!(answer.contains("not ready"), "{answer}");
    assert!(running.ended.await.unwrap().is_ok());
}

#[tokio::test]
async fn cuts_off_who_does_not_finish() {
    let running = start(Config {
        drain_delay: Duration::ZERO,
        shutdown_timeout: Duration::from_millis(100),
        ..Config::default()
    })
    .await;
    // A request whose end never comes.
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\n")
        .await
        .unwrap();
    get(running.address, "/healthz").await;

    running.stop.send(()).unwrap();

    let result = timeout(Duration::from_secs(5), running.ended)
        .await
        .expect("it waits for ever")
        .unwrap();
    assert!(matches!(result, Err(RunError::CutOff(_))), "{result:?}");
}
