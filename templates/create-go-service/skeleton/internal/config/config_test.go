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
	got, err := FromEnv(lookup(nil))
	if err != nil {
		t.Fatal(err)
	}
	want := Config{
		Port:            8080,
		GRPCPort:        9090,
		Environment:     "local",
		LogLevel:        slog.LevelInfo,
		DrainDelay:      5 * time.Second,
		ShutdownTimeout: 15 * time.Second,
	}
	if got != want {
		t.Errorf("FromEnv() = %+v, want %+v", got, want)
	}
}

func TestFromEnvReadsEveryVariable(t *testing.T) {
	got, err := FromEnv(lookup(map[string]string{
		"PORT":             "9000",
		"GRPC_PORT":        "9001",
		"GRPC_REFLECTION":  "true",
		"ENVIRONMENT":      "uat",
		"LOG_LEVEL":        "debug",
		"DRAIN_DELAY":      "0s",
		"SHUTDOWN_TIMEOUT": "1m",
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := Config{
		Port:            9000,
		GRPCPort:        9001,
		GRPCReflection:  true,
		Environment:     "uat",
		LogLevel:        slog.LevelDebug,
		ShutdownTimeout: time.Minute,
	}
	if got != want {
		t.Errorf("FromEnv() = %+v, want %+v", got, want)
	}
}

func TestFromEnvNamesEveryProblem(t *testing.T) {
	_, err := FromEnv(lookup(map[string]string{
		"PORT":             "http",
		"GRPC_PORT":        "70000",
		"GRPC_REFLECTION":  "maybe",
		"LOG_LEVEL":        "loud",
		"DRAIN_DELAY":      "-1s",
		"SHUTDOWN_TIMEOUT": "soon",
	}))
	if err == nil {
		t.Fatal("FromEnv() error = nil, want one")
	}
	for _, key := range []string{"PORT is", "GRPC_PORT", "GRPC_REFLECTION", "LOG_LEVEL", "DRAIN_DELAY", "SHUTDOWN_TIMEOUT"} {
		if !strings.Contains(err.Error(), key) {
			t.Errorf("FromEnv() error = %q, does not name %s", err, key)
		}
	}
}
