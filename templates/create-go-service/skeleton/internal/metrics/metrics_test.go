package metrics

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func scrape(t *testing.T, requests *Requests) string {
	t.Helper()
	recorder := httptest.NewRecorder()
	requests.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if got := recorder.Header().Get("Content-Type"); !strings.HasPrefix(got, "text/plain; version=0.0.4") {
		t.Errorf("Content-Type = %q", got)
	}
	return recorder.Body.String()
}

func TestRequestsAreCountedInCumulativeBuckets(t *testing.T) {
	requests := NewRequests("1.2.3")
	requests.Observe("GET", "/a", 200, 4*time.Millisecond)
	requests.Observe("GET", "/a", 200, 30*time.Millisecond)
	requests.Observe("GET", "/a", 200, time.Minute)
	requests.Observe("GET", "/a", 500, time.Millisecond)

	body := scrape(t, requests)

	for _, line := range []string{
		`build_info{version="1.2.3"`,
		`http_request_duration_seconds_bucket{method="GET",route="/a",code="200",le="0.005"} 1`,
		`http_request_duration_seconds_bucket{method="GET",route="/a",code="200",le="0.05"} 2`,
		`http_request_duration_seconds_bucket{method="GET",route="/a",code="200",le="10"} 2`,
		`http_request_duration_seconds_bucket{method="GET",route="/a",code="200",le="+Inf"} 3`,
		`http_request_duration_seconds_count{method="GET",route="/a",code="200"} 3`,
		`http_request_duration_seconds_count{method="GET",route="/a",code="500"} 1`,
	} {
		if !strings.Contains(body, line) {
			t.Errorf("metrics lack %s\n%s", line, body)
		}
	}
}

func TestLabelValuesAreEscaped(t *testing.T) {
	requests := NewRequests("a\"b\\c\nd")
	if body := scrape(t, requests); !strings.Contains(body, `version="a\"b\\c\nd"`) {
		t.Errorf("version is not escaped:\n%s", body)
	}
}
