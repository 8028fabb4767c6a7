package queue

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

type call struct {
	action string
	body   map[string]any
}

// start makes a queue that speaks over the wire with a server that notes what it is asked.
func start(t *testing.T, answers map[string]string, deadLetterURL string) (*Queue, *[]call) {
	t.Helper()
	calls := &[]call{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, action, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		var body map[string]any
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		*calls = append(*calls, call{action, body})
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		answer, ok := answers[action]
		if !ok {
			answer = "{}"
		}
		_, _ = w.Write([]byte(answer))
	}))
	t.Cleanup(server.Close)
	return New(Options{
		Client: sqs.New(sqs.Options{
			BaseEndpoint:                     &server.URL,
			Region:                           "eu-west-1",
			Credentials:                      credentials.NewStaticCredentialsProvider("test", "test", ""),
			DisableMessageChecksumValidation: true,
			RetryMaxAttempts:                 1,
		}),
		URL:               server.URL + "/111111111111/jobs",
		DeadLetterURL:     deadLetterURL,
		VisibilityTimeout: 30 * time.Second,
	}), calls
}

var message = Message{ID: "m-1", Receipt: "r-1", Body: `{"name":"Ada"}`, Attempt: 1}

func TestSendTellsTheIDOfTheRequest(t *testing.T) {
	queue, calls := start(t, map[string]string{"SendMessage": `{"MessageId":"m-1"}`}, "")
	id, err := queue.Send(context.Background(), "{}", "abc-123")
	if err != nil || id != "m-1" || queue.Name() != "jobs" {
		t.Fatalf("Send() = %q, %v; Name() = %q", id, err, queue.Name())
	}
	got := (*calls)[0]
	want := map[string]any{"requestId": map[string]any{"DataType": "String", "StringValue": "abc-123"}}
	if got.body["MessageBody"] != "{}" || !reflect.DeepEqual(got.body["MessageAttributes"], want) {
		t.Errorf("call = %+v", got)
	}
}

func TestReceiveWaitsAndTellsAttemptAndRequest(t *testing.T) {
	queue, calls := start(t, map[string]string{"ReceiveMessage": `{"Messages":[{
		"MessageId":"m-1","ReceiptHandle":"r-1","Body":"{}",
		"Attributes":{"ApproximateReceiveCount":"3"},
		"MessageAttributes":{"requestId":{"DataType":"String","StringValue":"abc-123"}}}]}`}, "")
	messages, err := queue.Receive(context.Background(), 50)
	if err != nil {
		t.Fatal(err)
	}
	want := []Message{{ID: "m-1", Receipt: "r-1", Body: "{}", Attempt: 3, RequestID: "abc-123"}}
	if !reflect.DeepEqual(messages, want) {
		t.Errorf("Receive() = %+v, want %+v", messages, want)
	}
	body := (*calls)[0].body
	if body["MaxNumberOfMessages"] != 10.0 || body["WaitTimeSeconds"] != 20.0 || body["VisibilityTimeout"] != 30.0 {
		t.Errorf("call = %+v", body)
	}
}

func TestAnEmptyQueueGivesNothing(t *testing.T) {
	queue, _ := start(t, nil, "")
	if messages, err := queue.Receive(context.Background(), 1); err != nil || len(messages) != 0 {
		t.Errorf("Receive() = %v, %v", messages, err)
	}
}

func TestBuryMovesToTheDeadLetterQueue(t *testing.T) {
	queue, calls := start(t, map[string]string{"SendMessage": `{"MessageId":"m-2"}`}, "http://localhost/1/jobs-dead")
	if err := queue.Bury(context.Background(), message, strings.Repeat("x", 2000)); err != nil {
		t.Fatal(err)
	}
	if len(*calls) != 2 {
		t.Fatalf("calls = %+v", *calls)
	}
	sent, removed := (*calls)[0], (*calls)[1]
	if sent.action != "SendMessage" || sent.body["QueueUrl"] != "http://localhost/1/jobs-dead" {
		t.Errorf("first call = %+v", sent)
	}
	if removed.action != "DeleteMessage" || removed.body["ReceiptHandle"] != "r-1" {
		t.Errorf("second call = %+v", removed)
	}
}

func TestBuryLeavesItToTheRedrivePolicyWithoutADeadLetterQueue(t *testing.T) {
	queue, calls := start(t, nil, "")
	if err := queue.Bury(context.Background(), message, "no JSON"); err != nil {
		t.Fatal(err)
	}
	got := (*calls)[0]
	if len(*calls) != 1 || got.action != "ChangeMessageVisibility" || got.body["VisibilityTimeout"] != 0.0 {
		t.Errorf("calls = %+v", *calls)
	}
}

func TestWaiting(t *testing.T) {
	queue, _ := start(t, map[string]string{
		"GetQueueAttributes": `{"Attributes":{"ApproximateNumberOfMessages":"7"}}`,
	}, "")
	if waiting, err := queue.Waiting(context.Background()); err != nil || waiting != 7 {
		t.Errorf("Waiting() = %d, %v", waiting, err)
	}
	empty, _ := start(t, nil, "")
	if waiting, err := empty.Waiting(context.Background()); err == nil {
		t.Errorf("Waiting() = %d without an answer, want an error", waiting)
	}
}

func TestSecondsRoundUp(t *testing.T) {
	for duration, want := range map[time.Duration]int32{0: 0, time.Millisecond: 1, time.Second: 1, 1500 * time.Millisecond: 2} {
		if got := seconds(duration); got != want {
			t.Errorf("seconds(%s) = %d, want %d", duration, got, want)
		}
	}
}
