package server

import (
	"net/http"
	"unicode/utf8"
)

const maxNameLength = 80

type greeting struct {
	Message string `json:"message"`
}

// getGreeting is the example to replace: one route with its own input check.
func (s *Server) getGreeting(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	if utf8.RuneCountInString(name) > maxNameLength || !utf8.ValidString(name) {
		s.writeProblem(w, r, http.StatusBadRequest, "The name must be text of at most 80 characters.")
		return
	}
	s.writeJSON(w, http.StatusOK, greeting{Message: "Hello, " + name + "!"})
}
