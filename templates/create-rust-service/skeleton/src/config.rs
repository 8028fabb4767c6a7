//! The settings of the service, from its environment.

use std::time::Duration;

use tracing::level_filters::LevelFilter;

/// Everything that differs from one environment to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Port to listen on (`PORT`, 8080).
    pub port: u16,
    /// Short name of where this runs (`ENVIRONMENT`, local).
    pub environment: String,
    /// The least level that is written (`LOG_LEVEL`, info).
    pub log_level: LevelFilter,
    /// How long one request may take (`REQUEST_TIMEOUT`, 10s).
    pub request_timeout: Duration,
    /// How long requests are still taken after the service has said that it is
    /// not ready any more (`DRAIN_DELAY`, 5s).
    pub drain_delay: Duration,
    /// How long requests under way may take to finish (`SHUTDOWN_TIMEOUT`, 15s).
    pub shutdown_timeout: Duration,
}

/// Every variable that cannot be used, not only the first.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct ConfigError(Vec<String>);

impl Default for Config {
    fn default() -> Self {
        Self {
            port: 8080,
            environment: "local".to_owned(),
            log_level: LevelFilter::INFO,
            request_timeout: Duration::from_secs(10),
            drain_delay: Duration::from_secs(5),
            shutdown_timeout: Duration::from_secs(15),
        }
    }
}

impl Config {
    /// Reads the settings with `lookup`. A variable that is empty counts as
    /// absent.
    ///
    /// # Errors
    ///
    /// Names every variable that cannot be used.
    pub fn from_env(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut problems = Vec::new();
        let default = Self::default();
        let config = {
            let mut reader = Reader {
                lookup: &lookup,
                problems: &mut problems,
            };
            Self {
                port: reader.read("PORT", default.port, "a number from 1 to 65535", port),
                environment: reader.read("ENVIRONMENT", default.environment, "a name", name),
                log_level: reader.read("LOG_LEVEL", default.log_level, LEVELS, level),
                request_timeout: reader.duration("REQUEST_TIMEOUT", default.request_timeout),
                drain_delay: reader.duration("DRAIN_DELAY", default.drain_delay),
                shutdown_timeout: reader.duration("SHUTDOWN_TIMEOUT", default.shutdown_timeout),
            }
        };
        if problems.is_empty() {
            Ok(config)
        } else {
            Err(ConfigError(problems))
        }
    }
}

const LEVELS: &str = "trace, debug, info, warn or error";

struct Reader<'a, F> {
    lookup: &'a F,
    problems: &'a mut Vec<String>,
}

impl<F: Fn(&str) -> Option<String>> Reader<'_, F> {
    fn read<T>(
        &mut self,
        key: &str,
        otherwise: T,
        want: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> T {
        let Some(text) = (self.lookup)(key).filter(|text| !text.is_empty()) else {
            return otherwise;
        };
        parse(&text).unwrap_or_else(|| {
            self.problems
                .push(format!("{key} is {text:?}, want {want}"));
            otherwise
        })
    }

    fn duration(&mut self, key: &str, otherwise: Duration) -> Duration {
        self.read(key, otherwise, "a duration such as 5s or 500ms", |text| {
            humantime::parse_duration(text).ok()
        })
    }
}

fn port(text: &str) -> Option<u16> {
    text.parse().ok().filter(|port| *port != 0)
}

fn name(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn level(text: &str) -> Option<LevelFilter> {
    match text {
        "trace" | "debug" | "info" | "warn" | "error" => text.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(values: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::from_env(|key| {
            values
                .iter()
                .find(|(name, _)| *name == key)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn has_defaults() {
        assert_eq!(from(&[]), Ok(Config::default()));
        assert_eq!(from(&[("PORT", "")]), Ok(Config::default()));
    }

    #[test]
    fn reads_every_variable() {
        let config = from(&[
            ("PORT", "9000"),
            ("ENVIRONMENT", "uat"),
            ("LOG_LEVEL", "debug"),
            ("REQUEST_TIMEOUT", "250ms"),
            ("DRAIN_DELAY", "0s"),
            ("SHUTDOWN_TIMEOUT", "1m"),
        ]);
        assert_eq!(
            config,
            Ok(Config {
                port: 9000,
                environment: "uat".to_owned(),
                log_level: LevelFilter::DEBUG,
                request_timeout: Duration::from_millis(250),
                drain_delay: Duration::ZERO,
                shutdown_timeout: Duration::from_secs(60),
            })
        );
    }

    #[test]
    fn names_every_problem() {
        let error = from(&[
            ("PORT", "0"),
            ("LOG_LEVEL", "loud"),
            ("REQUEST_TIMEOUT", "-1s"),
            ("DRAIN_DELAY", "5"),
            ("SHUTDOWN_TIMEOUT", "soon"),
        ])
        .unwrap_err()
        .to_string();
        for line in [
            r#"PORT is "0", want a number from 1 to 65535"#,
            r#"LOG_LEVEL is "loud", want trace, debug, info, warn or error"#,
            r#"REQUEST_TIMEOUT is "-1s", want a duration such as 5s or 500ms"#,
            r#"DRAIN_DELAY is "5", want a duration such as 5s or 500ms"#,
            r#"SHUTDOWN_TIMEOUT is "soon", want a duration such as 5s or 500ms"#,
        ] {
            assert!(error.contains(line), "{error}");
        }
    }
}
