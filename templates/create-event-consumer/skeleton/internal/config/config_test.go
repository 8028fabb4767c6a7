package config

import (
	"log/slog"
	"reflect"
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

func TestFromEnvNeedsOnlyTheDatabase(t *testing.T) {
	got, err := FromEnv(lookup(map[string]string{"DATABASE_URL": "postgres://localhost"}))
	if err != nil {
		t.Fatal(err)
	}
	if got.Port != 8080 || got.MaxAttempts != 5 || got.ShutdownTimeout != 20*time.Second || got.LogLevel != slog.LevelInfo {
		t.Errorf("FromEnv() = %+v", got)
	}
	if got.InputTopic == "" || got.OutputTopic == "" || got.DeadLetterTopic == "" || got.Group == "" {
		t.Errorf("FromEnv() lacks a topic or the group: %+v", got)
	}
}

func TestFromEnvReadsEveryVariable(t *testing.T) {
	got, err := FromEnv(lookup(map[string]string{
		"PORT":              "9000",
		"ENVIRONMENT":       "uat",
		"LOG_LEVEL":         "debug",
		"DATABASE_URL":      "postgres://db",
		"KAFKA_BROKERS":     "a:9092,b:9092",
		"KAFKA_TLS":         "true",
		"KAFKA_USERNAME":    "me",
		"KAFKA_PASSWORD":    "secret",
		"KAFKA_GROUP":       "g",
		"INPUT_TOPIC":       "in",
		"OUTPUT_TOPIC":      "out",
		"DEAD_LETTER_TOPIC": "dead",
		"MAX_ATTEMPTS":      "2",
		"SHUTDOWN_TIMEOUT":  "1m",
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := Config{
		Port: 9000, Environment: "uat", LogLevel: slog.LevelDebug, DatabaseURL: "postgres://db",
		Brokers: []string{"a:9092", "b:9092"}, TLS: true, Username: "me", Password: "secret", Group: "g",
		InputTopic: "in", OutputTopic: "out", DeadLetterTopic: "dead",
		MaxAttempts: 2, ShutdownTimeout: time.Minute,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("FromEnv() = %+v, want %+v", got, want)
	}
}

func TestAPasswordIsSentEncrypted(t *testing.T) {
	values := map[string]string{"DATABASE_URL": "postgres://db", "KAFKA_USERNAME": "me", "KAFKA_PASSWORD": "secret"}
	for setting, want := range map[string]bool{"": true, "false": false} {
		values["KAFKA_TLS"] = setting
		if got, err := FromEnv(lookup(values)); err != nil || got.TLS != want {
			t.Errorf("KAFKA_TLS=%s: TLS = %v, %v, want %v", setting, got.TLS, err, want)
		}
	}
}

func TestFromEnvNamesEveryProblem(t *testing.T) {
	_, err := FromEnv(lookup(map[string]string{
		"PORT":             "http",
		"LOG_LEVEL":        "loud",
		"KAFKA_TLS":        "maybe",
		"KAFKA_USERNAME":   "me",
		"MAX_ATTEMPTS":     "0",
		"SHUTDOWN_TIMEOUT": "-1s",
	}))
	if err == nil {
		t.Fatal("FromEnv() error = nil, want one")
	}
	for _, key := range []string{"PORT", "LOG_LEVEL", "KAFKA_TLS", "KAFKA_PASSWORD", "MAX_ATTEMPTS", "SHUTDOWN_TIMEOUT", "DATABASE_URL"} {
		if !strings.Contains(err.Error(), key) {
			t.Errorf("FromEnv() error = %q, does not name %s", err, key)
		}
	}
}
