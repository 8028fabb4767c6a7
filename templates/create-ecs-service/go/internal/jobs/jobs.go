// Package jobs is what the service does for others while they do not wait.
package jobs

import (
	"context"
	"encoding/json"
	"log/slog"
	"unicode/utf8"
)

const maxNameLength = 80

// Job is what there is to do. The example to replace.
type Job struct {
	// Name of whom to greet, 1 to 80 characters.
	Name string `json:"name"`
}

// InvalidError is a job that nobody can do, however often it is tried.
type InvalidError struct{ Reason string }

func (e *InvalidError) Error() string { return e.Reason }

// Parse reads a job; what is none is an [*InvalidError].
func Parse(body []byte) (Job, error) {
	var job Job
	if err := json.Unmarshal(body, &job); err != nil {
		return Job{}, &InvalidError{"It is no job in JSON."}
	}
	if length := utf8.RuneCountInString(job.Name); length < 1 || length > maxNameLength {
		return Job{}, &InvalidError{"name must be text of 1 to 80 characters."}
	}
	return job, nil
}

// Do does a job. A queue gives a job at least once: doing it twice has to be as
// good as once. The context ends when the process is about to. An
// [*InvalidError] is for ever, any other error is tried again later.
func Do(ctx context.Context, job Job, logger *slog.Logger) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	logger.InfoContext(ctx, "greeted", "length", utf8.RuneCountInString(job.Name))
	return nil
}
