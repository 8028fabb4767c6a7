package server

import (
	"encoding/json"
	"net/http"
)

// problem is an error as RFC 9457 describes it.
type problem struct {
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Detail    string `json:"detail,omitempty"`
	RequestID string `json:"requestId,omitempty"`
}

func (s *Server) writeProblem(w http.ResponseWriter, r *http.Request, code int, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	s.write(w, code, problem{
		Title:     http.StatusText(code),
		Status:    code,
		Detail:    detail,
		RequestID: requestID(r.Context()),
	})
}

func (s *Server) writeJSON(w http.ResponseWriter, code int, body any) {
	w.Header().Set("Content-Type", "application/json")
	s.write(w, code, body)
}

func (s *Server) write(w http.ResponseWriter, code int, body any) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(code)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		s.options.Logger.Warn("answer was not written", "error", err)
	}
}
