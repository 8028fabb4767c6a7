package ops

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func get(o *Ops, path string) (int, string) {
	recorder := httptest.NewRecorder()
	o.Handler().ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, path, nil))
	return recorder.Code, strings.TrimSpace(recorder.Body.String())
}

func TestReadinessFollowsWhatIsNeeded(t *testing.T) {
	var away atomic.Bool
	o := New(slog.New(slog.DiscardHandler), http.NotFoundHandler(), map[string]Check{
		"database": func(context.Context) error {
			if away.Load() {
				return errors.New("away")
			}
			return nil
		},
	})
	expect := func(code int, body string) {
		t.Helper()
		for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
			gotCode, gotBody := get(o, "/readyz")
			if gotCode == code && gotBody == body {
				return
			}
			if time.Now().After(deadline) {
				t.Fatalf("/readyz = %d %s, want %d %s", gotCode, gotBody, code, body)
			}
		}
	}
	expect(503, `{"status":"starting"}`)
	ctx, cancel := context.WithCancel(t.Context())
	go o.Watch(ctx, time.Millisecond)
	expect(200, `{"status":"ok"}`)
	away.Store(true)
	expect(503, `{"status":"waits for database"}`)
	away.Store(false)
	expect(200, `{"status":"ok"}`)
	cancel()
	expect(503, `{"status":"stopping"}`)

	if code, body := get(o, "/healthz"); code != 200 || body != `{"status":"ok"}` {
		t.Errorf("/healthz = %d %s", code, body)
	}
}
