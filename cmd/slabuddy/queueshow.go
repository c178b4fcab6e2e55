package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/page"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/store"
)

// jobList is what `queue list --json` prints.
type jobList struct {
	Jobs   []shownJob `json:"jobs"`
	Cursor string     `json:"cursor,omitempty"` // for --after, if there may be more
}

// shownJob is a job as programs read it. It holds no secret.
type shownJob struct {
	ID         string       `json:"id"`
	Key        string       `json:"key"`
	Queue      string       `json:"queue"`
	State      queue.State  `json:"state"`
	Cancelling bool         `json:"cancelling,omitempty"`
	Graph      string       `json:"graph,omitempty"`
	CreatedAt  time.Time    `json:"created_at"`
	RunAt      time.Time    `json:"run_at,omitzero"` // pending: not before; running: the end of its lease
	FinishedAt time.Time    `json:"finished_at,omitzero"`
	Attempts   int          `json:"attempts"`
	Waits      int          `json:"waits,omitempty"` // jobs it comes after that are not done
	Cause      string       `json:"cause,omitempty"` // the job because of which it was cancelled
	LastError  string       `json:"last_error,omitempty"`
	Result     *shownResult `json:"result,omitempty"`
	Payload    any          `json:"payload,omitempty"` // of `show` alone, like the rest
	Log        []shownTry   `json:"log,omitempty"`
	After      []relatedJob `json:"after,omitempty"`
	Before     []relatedJob `json:"before,omitempty"`
}

type shownResult struct {
	Status int    `json:"status"`
	Body   string `json:"body,omitempty"`
}

type shownTry struct {
	Number  int        `json:"number"`
	Looking bool       `json:"looking,omitempty"`
	At      time.Time  `json:"at"`
	Outcome queue.Kind `json:"outcome"`
	Error   string     `json:"error,omitempty"`
}

// relatedJob is a job that another comes after, or that comes after it.
type relatedJob struct {
	ID    string      `json:"id"`
	Key   string      `json:"key"`
	Queue string      `json:"queue"`
	State queue.State `json:"state"`
}

func shownJobs(jobs []queue.Job) []shownJob {
	list := make([]shownJob, len(jobs))
	for i, j := range jobs {
		list[i] = shown(j)
	}
	return list
}

func shown(j queue.Job) shownJob {
	s := shownJob{
		ID: j.ID, Key: j.Key, Queue: j.Queue, State: j.State, Cancelling: j.Cancelling, Graph: j.Graph, CreatedAt: j.CreatedAt,
		FinishedAt: j.FinishedAt, Attempts: j.Attempts, Waits: j.Waits, Cause: j.Cause, LastError: page.HideBare(j.LastError),
	}
	if (j.State == queue.Pending || j.State == queue.Running) && !j.Parked() {
		s.RunAt = j.RunAt
	}
	if j.Result.Status != 0 {
		s.Result = &shownResult{j.Result.Status, page.HideBare(j.Result.Body)}
	}
	return s
}

func related(jobs []queue.Job) []relatedJob {
	var list []relatedJob
	for _, j := range jobs {
		list = append(list, relatedJob{j.ID, j.Key, j.Queue, j.State})
	}
	return list
}

// payloadShown is what a job is to do, without secrets.
func payloadShown(j queue.Job) any {
	if call, ok := callOf(j); ok {
		call.Call = call.Call.Shown()
		return call
	}
	if json.Valid(j.Payload) {
		return json.RawMessage(page.HideBare(string(j.Payload)))
	}
	return fmt.Sprintf("%d bytes that are no JSON", len(j.Payload))
}

// callOf is the call that a job of an HTTP queue owes.
func callOf(j queue.Job) (c escalation.CallJob, ok bool) {
	if json.Unmarshal(j.Payload, &c) != nil || c.Call.Method == "" {
		return escalation.CallJob{}, false
	}
	return c, true
}

type queueShowCmd struct {
	ID   string `arg:"" help:"The job's id."`
	JSON bool   `help:"For programs."`
}

func (c queueShowCmd) Run(in *invocation) error {
	return withStore(in, func(ctx context.Context, s store.Store) error {
		d, err := s.ShowJob(ctx, c.ID)
		if err != nil {
			return err
		}
		if !c.JSON {
			return printJob(plainly(in.stdout), d, rightNow())
		}
		out := shown(d.Job)
		out.Payload, out.After, out.Before = payloadShown(d.Job), related(d.Before), related(d.Behind)
		for _, a := range d.Log {
			out.Log = append(out.Log, shownTry{a.Number, a.Looking, a.At, a.Kind, page.HideBare(a.Error)})
		}
		return printJSON(in, out)
	})
}

// printJob prints a person all about a job.
func printJob(stdout io.Writer, d queue.Details, now time.Time) error {
	w := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	line := func(name, format string, args ...any) {
		if text := fmt.Sprintf(format, args...); text != "" {
			fmt.Fprintf(w, "%s\t%s\n", name, text)
		}
	}
	j := d.Job
	line("Job", "%s", j.ID)
	line("Key", "%s", j.Key)
	line("Queue", "%s", j.Queue)
	line("State", "%s", stateOf(j))
	line("Graph", "%s", j.Graph)
	line("Added", "%s", when(j.CreatedAt, now))
	if due := dueOf(j, now); due != "-" {
		line("Due", "%s", due)
	}
	line("Ended", "%s", when(j.FinishedAt, now))
	line("Attempts", "%d", j.Attempts)
	line("Because of", "%s", j.Cause)
	line("Last error", "%s", page.HideBare(j.LastError))
	if j.Result.Status != 0 {
		line("Answer", "%s", strings.TrimSpace(fmt.Sprintf("%d %s", j.Result.Status, cutLine(page.HideBare(j.Result.Body), 500))))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := printPayload(stdout, j); err != nil {
		return err
	}
	printRelated(stdout, "\nComes after:", d.Before)
	printRelated(stdout, "\nBefore:", d.Behind)
	if len(d.Log) > 0 {
		fmt.Fprintln(stdout, "\nWhat went wrong:")
		for _, a := range d.Log {
			what := fmt.Sprintf("attempt %d", a.Number)
			if a.Looking {
				what = fmt.Sprintf("look for attempt %d", a.Number)
			}
			fmt.Fprintf(w, "  %s\t%s\t%s\t%s\n", a.At.UTC().Format(timeShown), what, a.Kind, page.HideBare(a.Error))
		}
	}
	return w.Flush()
}

// printPayload prints what a job is to do: a call as it would be written, anything else as JSON.
func printPayload(stdout io.Writer, j queue.Job) error {
	fmt.Fprintln(stdout)
	call, ok := callOf(j)
	if !ok {
		var text bytes.Buffer
		raw, isJSON := payloadShown(j).(json.RawMessage)
		if !isJSON || json.Indent(&text, raw, "  ", "  ") != nil {
			return nil
		}
		_, err := fmt.Fprintf(stdout, "Payload:\n  %s\n", text.String())
		return err
	}
	c := call.Call.Shown()
	address := c.URL
	for i, name := range slices.Sorted(maps.Keys(c.Query)) {
		separator := "&"
		if i == 0 && !strings.Contains(address, "?") {
			separator = "?"
		}
		address += separator + name + "=" + c.Query[name]
	}
	fmt.Fprintf(stdout, "%s %s\n", c.Method, address)
	for _, name := range slices.Sorted(maps.Keys(c.Headers)) {
		fmt.Fprintf(stdout, "%s: %s\n", name, c.Headers[name])
	}
	if c.Body != "" {
		fmt.Fprintf(stdout, "\n%s\n", c.Body)
	}
	return nil
}

func printRelated(stdout io.Writer, title string, jobs []queue.Job) {
	if len(jobs) == 0 {
		return
	}
	fmt.Fprintln(stdout, title)
	for _, j := range jobs {
		fmt.Fprintf(stdout, "  %s  %s  %s  %s\n", j.ID, j.Queue, stateOf(j), j.Key)
	}
}

// when is a time, and how long ago that is; "" for none.
func when(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	return fmt.Sprintf("%s (%s ago)", t.UTC().Format(timeShown), length(now.Sub(t)))
}
