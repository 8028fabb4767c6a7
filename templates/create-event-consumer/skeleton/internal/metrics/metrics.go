// Package metrics counts and times what the consumer does, for Prometheus.
package metrics

import (
	"net/http"
	"runtime"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// How a record ended.
const (
	Processed    = "processed"
	Duplicate    = "duplicate"
	DeadLettered = "dead_lettered"
)

// Metrics holds the figures of one process.
type Metrics struct {
	registry  *prometheus.Registry
	records   *prometheus.CounterVec
	duration  *prometheus.HistogramVec
	retries   *prometheus.CounterVec
	lag       *prometheus.GaugeVec
	published prometheus.Counter
}

// New starts at zero. The version is shown as a label of build_info.
func New(version string) *Metrics {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	factory := promauto.With(registry)
	factory.NewGauge(prometheus.GaugeOpts{
		Name:        "build_info",
		Help:        "The version that runs.",
		ConstLabels: prometheus.Labels{"version": version, "goversion": runtime.Version()},
	}).Set(1)
	return &Metrics{
		registry: registry,
		records: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "consumer_records_total",
			Help: "Records that are done with, by how they ended.",
		}, []string{"topic", "result"}),
		duration: factory.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "consumer_record_duration_seconds",
			Help:    "How long a record took, with all attempts.",
			Buckets: prometheus.DefBuckets,
		}, []string{"topic"}),
		retries: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "consumer_retries_total",
			Help: "Attempts that failed and were made again.",
		}, []string{"topic"}),
		lag: factory.NewGaugeVec(prometheus.GaugeOpts{
			Name: "consumer_lag_records",
			Help: "Records between what the group has done and the end of the topic.",
		}, []string{"topic", "partition"}),
		published: factory.NewCounter(prometheus.CounterOpts{
			Name: "outbox_published_total",
			Help: "Events that went from the outbox to the broker.",
		}),
	}
}

// ObserveRecord records one record that is done with.
func (m *Metrics) ObserveRecord(topic, result string, took time.Duration) {
	m.records.WithLabelValues(topic, result).Inc()
	m.duration.WithLabelValues(topic).Observe(took.Seconds())
}

// ObserveRetry records an attempt that is made again.
func (m *Metrics) ObserveRetry(topic string) { m.retries.WithLabelValues(topic).Inc() }

// ObservePublished records events that left the outbox.
func (m *Metrics) ObservePublished(count int) { m.published.Add(float64(count)) }

// SetLag says how far the group is behind in a partition. What is not said
// again after ResetLag is unknown, and is not shown.
func (m *Metrics) SetLag(topic string, partition int32, records int64) {
	m.lag.WithLabelValues(topic, strconv.Itoa(int(partition))).Set(float64(records))
}

// ResetLag forgets the lag of every partition.
func (m *Metrics) ResetLag() { m.lag.Reset() }

// Handler writes all figures.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}
