package metrics

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestRequestsAreCountedAndTimed(t *testing.T) {
	m := New("1.2.3")
	m.ObserveRequest("GET", "/a", 200, 30*time.Millisecond)
	m.ObserveRequest("GET", "/a", 200, time.Minute)
	m.ObserveRequest("GET", "/a", 500, time.Millisecond)

	recorder := httptest.NewRecorder()
	m.Handler().ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/metrics", nil))

	body := recorder.Body.String()
	for _, line := range []string{
		`version="1.2.3"`,
		`http_requests_total{code="200",method="GET",route="/a"} 2`,
		`http_requests_total{code="500",method="GET",route="/a"} 1`,
		`http_request_duration_seconds_bucket{code="200",method="GET",route="/a",le="0.05"} 1`,
		`http_request_duration_seconds_bucket{code="200",method="GET",route="/a",le="+Inf"} 2`,
		`go_goroutines `,
		`process_cpu_seconds_total `,
	} {
		if !strings.Contains(body, line) {
			t.Errorf("metrics lack %s\n%s", line, body)
		}
	}
}
