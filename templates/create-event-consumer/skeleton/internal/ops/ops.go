// Package ops answers those who run the service: health, readiness, metrics.
package ops

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"
)

// Check says whether something that is needed answers.
type Check func(context.Context) error

// Ops knows how the process is.
type Ops struct {
	logger  *slog.Logger
	metrics http.Handler
	checks  map[string]Check
	// why it is not ready; empty when it is
	problem atomic.Pointer[string]
}

// New makes one that is not ready yet.
func New(logger *slog.Logger, metrics http.Handler, checks map[string]Check) *Ops {
	o := &Ops{logger: logger, metrics: metrics, checks: checks}
	o.set("starting")
	return o
}

// Watch checks until ctx ends; it is not ready then.
func (o *Ops) Watch(ctx context.Context, every time.Duration) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		o.set(o.look(ctx, every))
		select {
		case <-ctx.Done():
			o.set("stopping")
			return
		case <-ticker.C:
		}
	}
}

func (o *Ops) look(ctx context.Context, timeout time.Duration) string {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	for name, check := range o.checks {
		if err := check(ctx); err != nil {
			o.logger.Warn("not ready", "waitsFor", name, "error", err)
			return "waits for " + name
		}
	}
	return ""
}

func (o *Ops) set(problem string) { o.problem.Store(&problem) }

// Handler answers on /healthz, /readyz and /metrics. Health looks at nothing
// else: a restart would not mend a broker.
func (o *Ops) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", o.metrics)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		o.answer(w, http.StatusOK, "ok")
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if problem := *o.problem.Load(); problem != "" {
			o.answer(w, http.StatusServiceUnavailable, problem)
			return
		}
		o.answer(w, http.StatusOK, "ok")
	})
	return mux
}

func (o *Ops) answer(w http.ResponseWriter, code int, status string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	if err := json.NewEncoder(w).Encode(map[string]string{"status": status}); err != nil {
		o.logger.Warn("answer was not written", "error", err)
	}
}
