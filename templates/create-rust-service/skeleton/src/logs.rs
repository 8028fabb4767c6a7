//! One JSON object a line.

use serde_json::json;
use tracing::Subscriber;
use tracing_subscriber::{
    Layer, Registry,
    filter::{LevelFilter, Targets},
    fmt::{MakeWriter, time::SystemTime},
    layer::SubscriberExt,
};

use crate::{SERVICE, config::Config};

/// Writes what the service says from `config.log_level` on; what its libraries
/// say, from info on. Every line names the service, its version and its
/// environment, and the request that it is about.
pub fn subscriber<W>(config: &Config, version: &str, writer: W) -> impl Subscriber + use<W>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let mut lines = json_subscriber::JsonLayer::<Registry>::new(writer);
    lines
        .with_timer("time", SystemTime)
        .with_level("level")
        .with_flattened_event()
        .with_top_level_flattened_current_span();
    lines.add_static_field("service", json!(SERVICE));
    lines.add_static_field("version", json!(version));
    lines.add_static_field("environment", json!(config.environment));
    let levels = Targets::new()
        .with_default(config.log_level.min(LevelFilter::INFO))
        .with_target(env!("CARGO_CRATE_NAME"), config.log_level);
    tracing_subscriber::registry().with(lines.with_filter(levels))
}
