// Package config reads the settings of the service from its environment.
package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"time"
)

// Config is everything that differs from one environment to the next.
type Config struct {
	// Port to listen on; a worker has its probes there (PORT, 8080).
	Port int
	// Environment is the short name of where this runs (ENVIRONMENT, local).
	Environment string
	// LogLevel is the least level that is written (LOG_LEVEL, info).
	LogLevel slog.Level
	// QueueURL is where jobs are put and taken from (QUEUE_URL); empty until
	// the queue is there.
	QueueURL string
	// DeadLetterQueueURL is where jobs go that nobody can do
	// (DEAD_LETTER_QUEUE_URL); empty: the queue's own redrive policy takes them
	// there.
	DeadLetterQueueURL string
	// Concurrency is how many jobs are done at once (CONCURRENCY, 5).
	Concurrency int
	// VisibilityTimeout is for how long a job is out of sight of others; it is
	// prolonged while the job is done (VISIBILITY_TIMEOUT, 30s).
	VisibilityTimeout time.Duration
	// DrainDelay is how long requests are still taken after the service has
	// said that it is not ready any more (DRAIN_DELAY, 5s).
	DrainDelay time.Duration
	// ShutdownTimeout is how long requests and jobs under way may take to
	// finish (SHUTDOWN_TIMEOUT, 20s).
	ShutdownTimeout time.Duration
}

// FromEnv reads the settings with lookup, usually os.LookupEnv. The error names
// every variable that cannot be used, not only the first.
func FromEnv(lookup func(string) (string, bool)) (Config, error) {
	var problems []error
	text := func(key, otherwise string) string {
		if value, ok := lookup(key); ok && value != "" {
			return value
		}
		return otherwise
	}
	problem := func(key, want string) {
		problems = append(problems, fmt.Errorf("%s is %q, want %s", key, text(key, ""), want))
	}
	number := func(key string, otherwise, most int) int {
		value, err := strconv.Atoi(text(key, strconv.Itoa(otherwise)))
		if err != nil || value < 1 || value > most {
			problem(key, fmt.Sprintf("a number from 1 to %d", most))
		}
		return value
	}
	duration := func(key, otherwise string, least time.Duration) time.Duration {
		value, err := time.ParseDuration(text(key, otherwise))
		if err != nil || value < least {
			problem(key, "a duration such as "+otherwise)
		}
		return value
	}
	queue := func(key string) string {
		value := text(key, "")
		parsed, err := url.Parse(value)
		if value != "" && (err != nil || parsed.Scheme != "https" && parsed.Scheme != "http") {
			problem(key, "the URL of a queue")
		}
		return value
	}

	cfg := Config{
		Port:               number("PORT", 8080, 65535),
		Environment:        text("ENVIRONMENT", "local"),
		QueueURL:           queue("QUEUE_URL"),
		DeadLetterQueueURL: queue("DEAD_LETTER_QUEUE_URL"),
		Concurrency:        number("CONCURRENCY", 5, 100),
		VisibilityTimeout:  duration("VISIBILITY_TIMEOUT", "30s", time.Second),
		DrainDelay:         duration("DRAIN_DELAY", "5s", 0),
		ShutdownTimeout:    duration("SHUTDOWN_TIMEOUT", "20s", 0),
	}
	if err := cfg.LogLevel.UnmarshalText([]byte(text("LOG_LEVEL", "info"))); err != nil {
		problem("LOG_LEVEL", "debug, info, warn or error")
	}
	return cfg, errors.Join(problems...)
}
