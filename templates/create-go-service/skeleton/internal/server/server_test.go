package server

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func newTestServer(t *testing.T) (*Server, *bytes.Buffer) {
	t.Helper()
	log := &bytes.Buffer{}
	return New(Options{Logger: slog.New(slog.NewJSONHandler(log, nil)), Version: "test"}), log
}

func get(handler http.Handler, path string) *httptest.ResponseRecorder {
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, path, nil))
	return recorder
}

func TestRoutes(t *testing.T) {
	app, _ := newTestServer(t)
	app.SetReady(true)
	handler := app.Handler()
	for _, test := range []struct {
		method, path string
		want         int
		body         string
	}{
		{"GET", "/v1/greetings/Ada", 200, `{"message":"Hello, Ada!"}`},
		{"GET", "/v1/greetings/Zo%C3%AB%20%3Cb%3E", 200, `{"message":"Hello, Zoë \u003cb\u003e!"}`},
		{"GET", "/v1/greetings/" + strings.Repeat("x", 81), 400, ""},
		{"GET", "/v1/greetings/%ff", 400, ""},
		{"POST", "/v1/greetings/Ada", 405, ""},
		{"GET", "/healthz", 200, `{"status":"ok"}`},
		{"GET", "/readyz", 200, `{"status":"ok"}`},
		{"GET", "/nowhere", 404, ""},
	} {
		t.Run(test.method+" "+test.path, func(t *testing.T) {
			recorder := httptest.NewRecorder()
			handler.ServeHTTP(recorder, httptest.NewRequest(test.method, test.path, nil))
			if recorder.Code != test.want {
				t.Fatalf("status = %d, want %d: %s", recorder.Code, test.want, recorder.Body)
			}
			if test.body != "" && strings.TrimSpace(recorder.Body.String()) != test.body {
				t.Errorf("body = %s, want %s", recorder.Body, test.body)
			}
		})
	}
}

func TestReadinessFollowsTheServer(t *testing.T) {
	app, _ := newTestServer(t)
	handler := app.Handler()
	if code := get(handler, "/readyz").Code; code != http.StatusServiceUnavailable {
		t.Errorf("before it is ready: %d, want 503", code)
	}
	app.SetReady(true)
	if code := get(handler, "/readyz").Code; code != http.StatusOK {
		t.Errorf("when it is ready: %d, want 200", code)
	}
	if code := get(handler, "/healthz").Code; code != http.StatusOK {
		t.Errorf("health: %d, want 200", code)
	}
}

func TestErrorsAreProblemsThatCarryTheRequestID(t *testing.T) {
	app, _ := newTestServer(t)
	request := httptest.NewRequest(http.MethodGet, "/nowhere", nil)
	request.Header.Set("X-Request-Id", "abc-123")
	recorder := httptest.NewRecorder()
	app.Handler().ServeHTTP(recorder, request)

	if got := recorder.Header().Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("Content-Type = %q", got)
	}
	var got problem
	if err := json.Unmarshal(recorder.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Status != 404 || got.RequestID != "abc-123" || got.Detail == "" {
		t.Errorf("problem = %+v", got)
	}
}

func TestTheWrongMethodIsToldTheRightOnes(t *testing.T) {
	app, _ := newTestServer(t)
	recorder := httptest.NewRecorder()
	app.Handler().ServeHTTP(recorder, httptest.NewRequest(http.MethodDelete, "/v1/greetings/Ada", nil))
	if recorder.Code != http.StatusMethodNotAllowed {
		t.Errorf("status = %d, want 405", recorder.Code)
	}
	if got := recorder.Header().Get("Allow"); !strings.Contains(got, "GET") {
		t.Errorf("Allow = %q, want GET in it", got)
	}
	if got := recorder.Header().Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("Content-Type = %q", got)
	}
}

func TestRequestIDsThatCouldForgeALogLineAreReplaced(t *testing.T) {
	app, _ := newTestServer(t)
	request := httptest.NewRequest(http.MethodGet, "/nowhere", nil)
	request.Header.Set("X-Request-Id", "a\" level=ERROR")
	recorder := httptest.NewRecorder()
	app.Handler().ServeHTTP(recorder, request)
	if got := recorder.Header().Get("X-Request-Id"); !safeRequestID.MatchString(got) {
		t.Errorf("X-Request-Id = %q", got)
	}
}

func TestRequestsAreLoggedByRouteAndProbesAreNot(t *testing.T) {
	app, log := newTestServer(t)
	handler := app.Handler()
	get(handler, "/healthz")
	get(handler, "/v1/greetings/Ada")

	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != 1 {
		t.Fatalf("%d lines were logged, want 1:\n%s", len(lines), log)
	}
	var line map[string]any
	if err := json.Unmarshal([]byte(lines[0]), &line); err != nil {
		t.Fatal(err)
	}
	if line["route"] != "/v1/greetings/{name}" || line["status"] != float64(200) || line["requestId"] == "" {
		t.Errorf("line = %v", line)
	}
}

func TestRequestsAreCountedByRoute(t *testing.T) {
	app, _ := newTestServer(t)
	handler := app.Handler()
	get(handler, "/v1/greetings/Ada")
	get(handler, "/v1/greetings/Grace")
	want := `http_request_duration_seconds_count{method="GET",route="/v1/greetings/{name}",code="200"} 2`
	if body := get(handler, "/metrics").Body.String(); !strings.Contains(body, want) {
		t.Errorf("metrics lack %s:\n%s", want, body)
	}
}

func TestAPanicIsAnsweredAndLogged(t *testing.T) {
	app, log := newTestServer(t)
	handler := app.observe(app.recoverPanic(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		panic("out of luck")
	})))
	recorder := get(handler, "/")
	if recorder.Code != http.StatusInternalServerError {
		t.Errorf("status = %d, want 500", recorder.Code)
	}
	if strings.Contains(recorder.Body.String(), "out of luck") {
		t.Errorf("the cause was told to the caller: %s", recorder.Body)
	}
	if !strings.Contains(log.String(), "out of luck") {
		t.Errorf("the cause was not logged: %s", log)
	}
}
