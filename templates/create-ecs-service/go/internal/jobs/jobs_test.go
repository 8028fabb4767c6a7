package jobs

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	job, err := Parse([]byte(`{"name":"Zoë","more":1}`))
	if err != nil || job.Name != "Zoë" {
		t.Errorf("Parse() = %+v, %v", job, err)
	}
}

func TestParseRefusesWhatNobodyCanDo(t *testing.T) {
	for _, body := range []string{
		``, `{`, `[]`, `{}`, `{"name":1}`, `{"name":""}`, `{"name":"` + strings.Repeat("x", 81) + `"}`,
	} {
		var invalid *InvalidError
		if _, err := Parse([]byte(body)); !errors.As(err, &invalid) || invalid.Error() == "" {
			t.Errorf("Parse(%s) error = %v, want an InvalidError", body, err)
		}
	}
}

func TestDo(t *testing.T) {
	if err := Do(context.Background(), Job{Name: "Ada"}, slog.New(slog.DiscardHandler)); err != nil {
		t.Error(err)
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if err := Do(ended, Job{Name: "Ada"}, slog.New(slog.DiscardHandler)); !errors.Is(err, context.Canceled) {
		t.Errorf("Do() = %v, want %v", err, context.Canceled)
	}
}
