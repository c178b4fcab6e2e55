package main

import (
	"bytes"
	"encoding/json"
	"io"
)

// jsonSheet writes one array with an object on each line, so that it can be read as a whole or line by line.
type jsonSheet struct {
	out    io.Writer
	enc    *json.Encoder
	object bytes.Buffer // used again for each timeline
	before string       // what comes before the next object
}

func newJSONSheet(out io.Writer) *jsonSheet {
	s := &jsonSheet{out: out, before: "\n"}
	s.enc = json.NewEncoder(&s.object)
	s.enc.SetEscapeHTML(false)
	return s
}

func (s *jsonSheet) begin() error { return s.write("[") }

func (s *jsonSheet) add(v exported) error {
	s.object.Reset()
	if err := s.enc.Encode(v); err != nil {
		return err
	}
	if err := s.write(s.before); err != nil {
		return err
	}
	s.before = ",\n"
	_, err := s.out.Write(bytes.TrimSuffix(s.object.Bytes(), []byte("\n")))
	return err
}

func (s *jsonSheet) end() error { return s.write("\n]\n") }

func (s *jsonSheet) write(text string) error {
	_, err := io.WriteString(s.out, text)
	return err
}
