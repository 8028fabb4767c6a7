package config

import (
	"log/slog"
	"strings"
	"testing"
	"time"
)

func lookup(values map[string]string) func(string) (string, bool) {
	return func(key string) (string, bool) {
		value, ok := values[key]
		return value, ok
	}
}

func TestFromEnvDefaults(t *testing.T) {
	got, err := FromEnv(lookup(map[string]string{"QUEUE_URL": ""}))
	if err != nil {
		t.Fatal(err)
	}
	want := Config{
		Port:              8080,
		Environment:       "local",
		LogLevel:          slog.LevelInfo,
		Concurrency:       5,
		VisibilityTimeout: 30 * time.Second,
		DrainDelay:        5 * time.Second,
		ShutdownTimeout:   20 * time.Second,
	}
	if got != want {
		t.Errorf("FromEnv() = %+v, want %+v", got, want)
	}
}

func TestFromEnvReadsEveryVariable(t *testing.T) {
	got, err := FromEnv(lookup(map[string]string{
		"PORT":                  "9000",
		"ENVIRONMENT":           "dev",
		"LOG_LEVEL":             "debug",
		"QUEUE_URL":             "https://queues.example/1/jobs",
		"DEAD_LETTER_QUEUE_URL": "https://queues.example/1/jobs-dead",
		"CONCURRENCY":           "1",
		"VISIBILITY_TIMEOUT":    "1m",
		"DRAIN_DELAY":           "0s",
		"SHUTDOWN_TIMEOUT":      "250ms",
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := Config{
		Port:               9000,
		Environment:        "dev",
		LogLevel:           slog.LevelDebug,
		QueueURL:           "https://queues.example/1/jobs",
		DeadLetterQueueURL: "https://queues.example/1/jobs-dead",
		Concurrency:        1,
		VisibilityTimeout:  time.Minute,
		ShutdownTimeout:    250 * time.Millisecond,
	}
	if got != want {
		t.Errorf("FromEnv() = %+v, want %+v", got, want)
	}
}

func TestFromEnvNamesEveryProblem(t *testing.T) {
	_, err := FromEnv(lookup(map[string]string{
		"PORT":                  "http",
		"LOG_LEVEL":             "loud",
		"QUEUE_URL":             "jobs",
		"DEAD_LETTER_QUEUE_URL": "file:///jobs",
		"CONCURRENCY":           "0",
		"VISIBILITY_TIMEOUT":    "0s",
		"DRAIN_DELAY":           "-1s",
		"SHUTDOWN_TIMEOUT":      "soon",
	}))
	if err == nil {
		t.Fatal("FromEnv() error = nil, want one")
	}
	for _, key := range []string{
		"PORT", "LOG_LEVEL", "QUEUE_URL", "DEAD_LETTER_QUEUE_URL",
		"CONCURRENCY", "VISIBILITY_TIMEOUT", "DRAIN_DELAY", "SHUTDOWN_TIMEOUT",
	} {
		if !strings.Contains("\n"+err.Error(), "\n"+key+" is ") {
			t.Errorf("FromEnv() error = %q, does not name %s", err, key)
		}
	}
}
