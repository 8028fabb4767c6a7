package server

import (
	"context"
	"crypto/rand"
	"net/http"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
)

type requestIDKey struct{}

var safeRequestID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// observe gives every request an id, and counts, times and logs it.
func (s *Server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get("X-Request-Id")
		if !safeRequestID.MatchString(id) {
			id = rand.Text()
		}
		w.Header().Set("X-Request-Id", id)
		r = r.WithContext(context.WithValue(r.Context(), requestIDKey{}, id))
		recorder := &statusRecorder{ResponseWriter: w, code: http.StatusOK}
		start := time.Now()
		defer func() {
			took := time.Since(start)
			route := routeOf(r)
			labels := []string{methodOf(r), route, strconv.Itoa(recorder.code)}
			s.options.Metrics.Requests.WithLabelValues(labels...).Inc()
			s.options.Metrics.RequestDuration.WithLabelValues(labels...).Observe(took.Seconds())
			if isProbe(route) && recorder.code < http.StatusInternalServerError {
				return
			}
			s.options.Logger.InfoContext(r.Context(), "request",
				"method", r.Method,
				"route", route,
				"status", recorder.code,
				"durationMs", took.Milliseconds(),
				"requestId", id,
			)
		}()
		next.ServeHTTP(recorder, r)
	})
}

// recoverPanic answers 500 where a handler panics, and keeps the others going.
func (s *Server) recoverPanic(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			cause := recover()
			if cause == nil {
				return
			}
			if cause == http.ErrAbortHandler {
				panic(cause)
			}
			s.options.Logger.ErrorContext(r.Context(), "panic",
				"cause", cause,
				"requestId", requestID(r.Context()),
				"stack", string(debug.Stack()),
			)
			s.writeProblem(w, r, http.StatusInternalServerError, "")
		}()
		next.ServeHTTP(w, r)
	})
}

// explainUnmatched turns the mux's own 404 and 405 into problem documents.
func (s *Server) explainUnmatched(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handler, pattern := mux.Handler(r)
		if pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		answer := &headerOnly{header: http.Header{}, code: http.StatusOK}
		handler.ServeHTTP(answer, r)
		detail := "There is nothing at this address."
		if allow := answer.header.Get("Allow"); allow != "" {
			w.Header().Set("Allow", allow)
			detail = "This address answers to " + allow + "."
		}
		s.writeProblem(w, r, answer.code, detail)
	})
}

// headerOnly keeps the status and headers of an answer, not its body.
type headerOnly struct {
	header http.Header
	code   int
}

func (w *headerOnly) Header() http.Header            { return w.header }
func (w *headerOnly) Write(body []byte) (int, error) { return len(body), nil }
func (w *headerOnly) WriteHeader(code int)           { w.code = code }

func limitBody(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBodyBytes)
		next.ServeHTTP(w, r)
	})
}

// routeOf is the pattern that matched, without its method.
func routeOf(r *http.Request) string {
	_, route, found := strings.Cut(r.Pattern, " ")
	if !found || route == "" {
		return "other"
	}
	return route
}

// methodOf is the method where it is a known one: callers may invent others, and
// each would be a series of its own.
func methodOf(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut,
		http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return r.Method
	}
	return "other"
}

func isProbe(route string) bool {
	return route == "/healthz" || route == "/readyz" || route == "/metrics"
}

type statusRecorder struct {
	http.ResponseWriter
	code    int
	written bool
}

func (w *statusRecorder) WriteHeader(code int) {
	if !w.written {
		w.code = code
		w.written = true
	}
	w.ResponseWriter.WriteHeader(code)
}

func (w *statusRecorder) Write(body []byte) (int, error) {
	w.written = true
	return w.ResponseWriter.Write(body)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusRecorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }
