// Package testbroker starts a Kafka broker inside of a test.
package testbroker

import (
	"context"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Start starts a broker with topics of two partitions each. It ends with the
// test.
func Start(t *testing.T, topics ...string) (brokers []string) {
	t.Helper()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(2, topics...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	return cluster.ListenAddrs()
}

// Client connects to a broker until the end of the test.
func Client(t *testing.T, brokers []string, options ...kgo.Opt) *kgo.Client {
	t.Helper()
	client, err := kgo.NewClient(append([]kgo.Opt{kgo.SeedBrokers(brokers...)}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseAllowingRebalance)
	return client
}

// Produce writes records.
func Produce(t *testing.T, brokers []string, records ...*kgo.Record) {
	t.Helper()
	client := Client(t, brokers)
	if err := client.ProduceSync(t.Context(), records...).FirstErr(); err != nil {
		t.Fatal(err)
	}
}

// Consume reads records from the beginning of a topic until there are count.
func Consume(t *testing.T, brokers []string, topic string, count int) []*kgo.Record {
	t.Helper()
	client := Client(t, brokers, kgo.ConsumeTopics(topic))
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	var records []*kgo.Record
	for len(records) < count {
		fetches := client.PollFetches(ctx)
		if ctx.Err() != nil {
			t.Fatalf("%s holds %d records, want %d", topic, len(records), count)
		}
		records = append(records, fetches.Records()...)
	}
	return records
}
