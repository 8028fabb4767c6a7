// Package metrics counts and times HTTP requests and writes them in the text
// format of Prometheus.
//
// See https://prometheus.io/docs/instrumenting/exposition_formats/
package metrics

import (
	"fmt"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Upper bounds of the latency histogram, in seconds.
var buckets = []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}

// Requests holds the figures of the requests that were answered. It is safe for
// use by many goroutines.
type Requests struct {
	version string
	mu      sync.Mutex
	series  map[labels]*series
}

type labels struct{ method, route, code string }

type series struct {
	buckets []uint64 // one per bound; not cumulative
	count   uint64
	sum     float64
}

// NewRequests starts at zero. The version is shown as a label of build_info.
func NewRequests(version string) *Requests {
	return &Requests{version: version, series: map[labels]*series{}}
}

// Observe records one answered request. The route is a pattern, not a path, so
// that the number of series stays small.
func (r *Requests) Observe(method, route string, code int, took time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := labels{method, route, strconv.Itoa(code)}
	s, ok := r.series[key]
	if !ok {
		s = &series{buckets: make([]uint64, len(buckets))}
		r.series[key] = s
	}
	seconds := took.Seconds()
	if i := slices.IndexFunc(buckets, func(bound float64) bool { return seconds <= bound }); i >= 0 {
		s.buckets[i]++
	}
	s.count++
	s.sum += seconds
}

// ServeHTTP writes all figures.
func (r *Requests) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	r.write(w)
}

func (r *Requests) write(w io.Writer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fmt.Fprintf(w, "# HELP build_info The version that runs.\n# TYPE build_info gauge\nbuild_info{version=%s,goversion=%s} 1\n",
		quote(r.version), quote(runtime.Version()))
	fmt.Fprintf(w, "# HELP go_goroutines Goroutines at this moment.\n# TYPE go_goroutines gauge\ngo_goroutines %d\n",
		runtime.NumGoroutine())
	fmt.Fprint(w, "# HELP http_request_duration_seconds How long requests took.\n# TYPE http_request_duration_seconds histogram\n")
	for _, key := range r.keys() {
		s := r.series[key]
		common := fmt.Sprintf("method=%s,route=%s,code=%s", quote(key.method), quote(key.route), quote(key.code))
		var cumulative uint64
		for i, bound := range buckets {
			cumulative += s.buckets[i]
			fmt.Fprintf(w, "http_request_duration_seconds_bucket{%s,le=\"%g\"} %d\n", common, bound, cumulative)
		}
		fmt.Fprintf(w, "http_request_duration_seconds_bucket{%s,le=\"+Inf\"} %d\n", common, s.count)
		fmt.Fprintf(w, "http_request_duration_seconds_sum{%s} %g\n", common, s.sum)
		fmt.Fprintf(w, "http_request_duration_seconds_count{%s} %d\n", common, s.count)
	}
}

func (r *Requests) keys() []labels {
	keys := make([]labels, 0, len(r.series))
	for key := range r.series {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b labels) int {
		return strings.Compare(a.route+a.method+a.code, b.route+b.method+b.code)
	})
	return keys
}

// quote writes a label value as the format wants it.
func quote(value string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(value) + `"`
}
