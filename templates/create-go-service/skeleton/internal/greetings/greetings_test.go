package greetings

import (
	"errors"
	"strings"
	"testing"
)

func TestGreet(t *testing.T) {
	for _, test := range []struct {
		name, want string
		err        error
	}{
		{"Ada", "Hello, Ada!", nil},
		{"Zoë 🚢", "Hello, Zoë 🚢!", nil},
		{strings.Repeat("ë", 80), "Hello, " + strings.Repeat("ë", 80) + "!", nil},
		{strings.Repeat("ë", 81), "", ErrName},
		{"", "", ErrName},
		{"\xff", "", ErrName},
	} {
		got, err := Greet(test.name)
		if got != test.want || !errors.Is(err, test.err) {
			t.Errorf("Greet(%q) = %q, %v, want %q, %v", test.name, got, err, test.want, test.err)
		}
	}
}
