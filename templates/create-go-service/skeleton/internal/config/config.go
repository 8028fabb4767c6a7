// Package config reads the settings of the service from its environment.
package config

import (
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"
)

// Config is everything that differs from one environment to the next.
type Config struct {
	// Port for HTTP (PORT, 8080).
	Port int
	// GRPCPort for gRPC (GRPC_PORT, 9090).
	GRPCPort int
	// GRPCReflection lets everybody who reaches the port list its services
	// (GRPC_REFLECTION, false).
	GRPCReflection bool
	// Environment is the short name of where this runs (ENVIRONMENT, local).
	Environment string
	// LogLevel is the least level that is written (LOG_LEVEL, info).
	LogLevel slog.Level
	// DrainDelay is how long requests are still taken after the service has
	// said that it is not ready any more (DRAIN_DELAY, 5s).
	DrainDelay time.Duration
	// ShutdownTimeout is how long requests under way may take to finish
	// (SHUTDOWN_TIMEOUT, 15s).
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
	duration := func(key, otherwise string) time.Duration {
		value, err := time.ParseDuration(text(key, otherwise))
		if err != nil || value < 0 {
			problems = append(problems, fmt.Errorf("%s is %q, want a duration such as %s", key, text(key, ""), otherwise))
		}
		return value
	}
	port := func(key, otherwise string) int {
		value, err := strconv.Atoi(text(key, otherwise))
		if err != nil || value < 1 || value > 65535 {
			problems = append(problems, fmt.Errorf("%s is %q, want a number from 1 to 65535", key, text(key, "")))
		}
		return value
	}

	cfg := Config{
		Environment:     text("ENVIRONMENT", "local"),
		DrainDelay:      duration("DRAIN_DELAY", "5s"),
		ShutdownTimeout: duration("SHUTDOWN_TIMEOUT", "15s"),
	}
	cfg.Port = port("PORT", "8080")
	cfg.GRPCPort = port("GRPC_PORT", "9090")
	reflection, err := strconv.ParseBool(text("GRPC_REFLECTION", "false"))
	if err != nil {
		problems = append(problems, fmt.Errorf("GRPC_REFLECTION is %q, want true or false", text("GRPC_REFLECTION", "")))
	}
	cfg.GRPCReflection = reflection
	if err := cfg.LogLevel.UnmarshalText([]byte(text("LOG_LEVEL", "info"))); err != nil {
		problems = append(problems, fmt.Errorf("LOG_LEVEL is %q, want debug, info, warn or error", text("LOG_LEVEL", "")))
	}
	return cfg, errors.Join(problems...)
}
