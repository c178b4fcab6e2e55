package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// graph is a file of jobs that are added together: all of them, or none.
type graph struct {
	Graph string     `json:"graph"` // its name: adding it again under the same one adds what is missing
	Held  bool       `json:"held"`
	Jobs  []graphJob `json:"jobs"`
}

// graphJob is one job of a graph.
type graphJob struct {
	Name     string            `json:"name"` // for After, and for its key
	Queue    string            `json:"queue"`
	Method   string            `json:"method"`
	URL      string            `json:"url"`
	Query    map[string]string `json:"query"`
	Headers  map[string]string `json:"headers"`
	Body     graphBody         `json:"body"`
	After    []string          `json:"after"` // names in the file, or ids of jobs that are there
	In       string            `json:"in"`
	Attempts int               `json:"attempts"`
	Timeout  string            `json:"timeout"`
	Once     bool              `json:"once"`
	Key      string            `json:"key"`
}

// graphBody is a text, or any other JSON, which is sent as it stands.
type graphBody struct{ text string }

// UnmarshalJSON implements json.Unmarshaler.
func (b *graphBody) UnmarshalJSON(raw []byte) error {
	if json.Unmarshal(raw, &b.text) == nil {
		return nil
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, raw); err != nil {
		return err
	}
	b.text = compact.String()
	return nil
}

// called says which job of a file is meant.
func (n graphJob) called(i int) string {
	if n.Name != "" {
		return fmt.Sprintf("job %q", n.Name)
	}
	return fmt.Sprintf("job %d", i+1)
}

// mostJobs is the most jobs of one graph: they are added in one transaction.
const mostJobs = 10_000

// readGraph reads a file, or standard input for -. It is as strict as the configuration.
func readGraph(file string) (g graph, err error) {
	var content []byte
	if file == "-" {
		content, err = io.ReadAll(os.Stdin)
	} else {
		content, err = os.ReadFile(file)
	}
	if err != nil {
		return graph{}, fmt.Errorf("read the graph: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(content))
	d.DisallowUnknownFields()
	if err := d.Decode(&g); err != nil {
		line := 1 + bytes.Count(content[:min(int(d.InputOffset()), len(content))], []byte("\n"))
		return graph{}, fmt.Errorf("%s:%d: this is no graph of jobs: %w", file, line, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return graph{}, fmt.Errorf("%s: something comes after the graph: write one {…}", file)
	}
	switch {
	case len(g.Jobs) == 0:
		return graph{}, fmt.Errorf("%s: the graph has no jobs: write {\"jobs\": [{\"name\": \"first\", \"url\": \"https://…\"}]}", file)
	case len(g.Jobs) > mostJobs:
		return graph{}, fmt.Errorf("%s: the graph has %d jobs; %d are the most", file, len(g.Jobs), mostJobs)
	}
	return g, nil
}
