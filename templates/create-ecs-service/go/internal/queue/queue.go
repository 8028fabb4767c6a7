// Package queue puts jobs into SQS and takes them from there.
package queue

import (
	"context"
	"fmt"
	"path"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

const (
	maxBatch  = 10
	maxReason = 1000
	waitFor   = 20 * time.Second
)

// Message is a job that was taken, and is out of sight of others for a while.
type Message struct {
	ID string
	// Receipt is what this taking of it is called; another taking has another.
	Receipt string
	Body    string
	// Attempt is how often it was taken, this time included.
	Attempt int
	// RequestID is the id of the request that put it there, or empty.
	RequestID string
}

// Options of New.
type Options struct {
	Client *sqs.Client
	URL    string
	// DeadLetterURL is where Bury puts messages; empty leaves them to the
	// queue's redrive policy.
	DeadLetterURL     string
	VisibilityTimeout time.Duration
}

// Queue is an SQS queue: it gives each message at least once.
//
// See https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
type Queue struct{ options Options }

// New asks for nothing yet.
func New(options Options) *Queue { return &Queue{options} }

// Name of the queue, as a label of metrics.
func (q *Queue) Name() string { return path.Base(q.options.URL) }

// Send puts a message into the queue, and says what id it has there.
func (q *Queue) Send(ctx context.Context, body, requestID string) (string, error) {
	sent, err := q.options.Client.SendMessage(ctx, &sqs.SendMessageInput{
		QueueUrl:          &q.options.URL,
		MessageBody:       &body,
		MessageAttributes: map[string]types.MessageAttributeValue{"requestId": text(requestID)},
	})
	if err != nil {
		return "", fmt.Errorf("send to %s: %w", q.Name(), err)
	}
	return aws.ToString(sent.MessageId), nil
}

// Receive waits for at most so many messages, at most 20 seconds.
func (q *Queue) Receive(ctx context.Context, most int) ([]Message, error) {
	received, err := q.options.Client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
		QueueUrl:                    &q.options.URL,
		MaxNumberOfMessages:         int32(min(most, maxBatch)),
		WaitTimeSeconds:             seconds(waitFor),
		VisibilityTimeout:           seconds(q.options.VisibilityTimeout),
		MessageAttributeNames:       []string{"requestId"},
		MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameApproximateReceiveCount},
	})
	if err != nil {
		return nil, fmt.Errorf("receive from %s: %w", q.Name(), err)
	}
	messages := make([]Message, 0, len(received.Messages))
	for _, message := range received.Messages {
		attempt, err := strconv.Atoi(message.Attributes["ApproximateReceiveCount"])
		if err != nil {
			attempt = 1
		}
		messages = append(messages, Message{
			ID:        aws.ToString(message.MessageId),
			Receipt:   aws.ToString(message.ReceiptHandle),
			Body:      aws.ToString(message.Body),
			Attempt:   attempt,
			RequestID: aws.ToString(message.MessageAttributes["requestId"].StringValue),
		})
	}
	return messages, nil
}

// Remove says that the job is done.
func (q *Queue) Remove(ctx context.Context, message Message) error {
	_, err := q.options.Client.DeleteMessage(ctx, &sqs.DeleteMessageInput{
		QueueUrl:      &q.options.URL,
		ReceiptHandle: &message.Receipt,
	})
	return err
}

// Hide keeps a message out of sight for so long from now; zero shows it at once.
func (q *Queue) Hide(ctx context.Context, message Message, duration time.Duration) error {
	_, err := q.options.Client.ChangeMessageVisibility(ctx, &sqs.ChangeMessageVisibilityInput{
		QueueUrl:          &q.options.URL,
		ReceiptHandle:     &message.Receipt,
		VisibilityTimeout: seconds(duration),
	})
	return err
}

// Bury takes a message out of the queue for people to look at.
func (q *Queue) Bury(ctx context.Context, message Message, reason string) error {
	if q.options.DeadLetterURL == "" {
		// Taken again at once until the redrive policy has had enough of it.
		return q.Hide(ctx, message, 0)
	}
	_, err := q.options.Client.SendMessage(ctx, &sqs.SendMessageInput{
		QueueUrl:          &q.options.DeadLetterURL,
		MessageBody:       &message.Body,
		MessageAttributes: map[string]types.MessageAttributeValue{"reason": text(reason[:min(len(reason), maxReason)])},
	})
	if err != nil {
		return err
	}
	return q.Remove(ctx, message)
}

// Waiting is how many messages wait, about.
func (q *Queue) Waiting(ctx context.Context) (int, error) {
	answer, err := q.options.Client.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
		QueueUrl:       &q.options.URL,
		AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameApproximateNumberOfMessages},
	})
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(answer.Attributes["ApproximateNumberOfMessages"])
}

func text(value string) types.MessageAttributeValue {
	return types.MessageAttributeValue{DataType: aws.String("String"), StringValue: &value}
}

// seconds rounds up, for zero means something else.
func seconds(duration time.Duration) int32 {
	return int32((duration + time.Second - 1) / time.Second)
}
