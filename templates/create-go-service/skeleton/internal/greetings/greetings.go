// Package greetings is what the service is about, whichever way it is asked.
// It is the example to replace.
package greetings

import (
	"errors"
	"unicode/utf8"
)

const maxNameLength = 80

// ErrName is answered to a name that nobody has.
var ErrName = errors.New("the name must be text of 1 to 80 characters")

// Greet greets somebody. It returns ErrName when that is nobody.
func Greet(name string) (string, error) {
	if length := utf8.RuneCountInString(name); length == 0 || length > maxNameLength || !utf8.ValidString(name) {
		return "", ErrName
	}
	return "Hello, " + name + "!", nil
}
