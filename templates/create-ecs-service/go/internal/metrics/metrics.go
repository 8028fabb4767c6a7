// Package metrics holds the figures of the service for Prometheus.
package metrics

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are counters and histograms that start at zero.
type Metrics struct {
	Requests        *prometheus.CounterVec   // method, route, code
	RequestDuration *prometheus.HistogramVec // method, route, code
	Jobs            *prometheus.CounterVec   // queue, result
	JobDuration     *prometheus.HistogramVec // queue
	JobsWaiting     *prometheus.GaugeVec     // queue

	registry *prometheus.Registry
}

// New registers everything. The version is shown as a label of build_info.
func New(version string) *Metrics {
	http := []string{"method", "route", "code"}
	m := &Metrics{
		Requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "http_requests_total",
			Help: "Requests answered.",
		}, http),
		RequestDuration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "http_request_duration_seconds",
			Help:    "How long requests took.",
			Buckets: prometheus.DefBuckets,
		}, http),
		Jobs: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "jobs_total",
			Help: "Jobs by how they ended: done, failed, invalid or given back.",
		}, []string{"queue", "result"}),
		JobDuration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "job_duration_seconds",
			Help:    "How long jobs took.",
			Buckets: []float64{0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900},
		}, []string{"queue"}),
		JobsWaiting: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "jobs_waiting",
			Help: "Jobs that nobody has taken yet, about.",
		}, []string{"queue"}),
		registry: prometheus.NewRegistry(),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name:        "build_info",
		Help:        "The version that runs.",
		ConstLabels: prometheus.Labels{"version": version},
	})
	build.Set(1)
	m.registry.MustRegister(
		m.Requests, m.RequestDuration, m.Jobs, m.JobDuration, m.JobsWaiting, build,
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

// Handler writes all figures.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}
