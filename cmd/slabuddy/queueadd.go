package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/page"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/store"
)

type queueAddCmd struct {
	Queue    string   `help:"The queue, one of those configured. With --file, of the jobs that name none; so too --method." default:"page" placeholder:"NAME"`
	Method   string   `help:"GET, POST, PUT, PATCH or DELETE." default:"POST"`
	URL      string   `name:"url" help:"Where to call. Secrets as $${NAME}: what the variable NAME holds when the call is made, if the queue has it among its secrets." placeholder:"URL"`
	Query    []string `help:"name=value, to be added to the URL; may be given again." sep:"none" placeholder:"NAME=VALUE"`
	Header   []string `help:"Name: value; may be given again." sep:"none" placeholder:"'NAME: VALUE'"`
	Body     string   `help:"What to send; @FILE sends what the file holds." placeholder:"TEXT"`
	After    []string `help:"Ids of jobs that have to be done before." placeholder:"ID"`
	In       string   `help:"Not sooner than so long from now." placeholder:"DURATION"`
	Attempts int      `help:"At most so many attempts, in place of the queue's limit."`
	Timeout  string   `help:"For one attempt, in place of the queue's." placeholder:"DURATION"`
	Once     bool     `help:"Do not make the call again if nobody knows whether it got through."`
	Key      string   `help:"A second job with the key is not added, as long as the first is kept." placeholder:"KEY"`
	File     string   `help:"Add a graph of jobs, all or none: {\"jobs\": [{\"name\": …, \"url\": …, \"after\": [NAME or ID]}]}. - is standard input." placeholder:"graph.json" type:"path"`
	Held     bool     `help:"Hold what is added until slabuddy queue release."`
	JSON     bool     `help:"For programs."`
}

// added is a job that was added, as programs read it.
type added struct {
	Name  string `json:"name,omitempty"` // in the file
	ID    string `json:"id"`
	Queue string `json:"queue"`
	Key   string `json:"key"`
	New   bool   `json:"new"` // false: a job with the key was there
}

func (c queueAddCmd) Run(in *invocation) error {
	configured, err := config.Load(in.configPath)
	if err != nil {
		return err
	}
	g, err := c.graph()
	if err != nil {
		return err
	}
	jobs, err := g.jobs(configured, rightNow(), func() string { return uuid.Must(uuid.NewV7()).String() })
	if err != nil {
		return err
	}
	return withStore(in, func(ctx context.Context, s store.Store) error {
		if err := s.AddJobs(ctx, jobs, rightNow()); err != nil {
			return err
		}
		list, err := whatWasAdded(ctx, s, g, jobs)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(in, list)
		}
		return c.print(in, g, list)
	})
}

// graph is what is to be added: the jobs of a file, or the one that the flags describe.
func (c queueAddCmd) graph() (graph, error) {
	if c.File != "" {
		ofOne := c.URL+c.Body+c.In+c.Timeout+c.Key != "" || len(c.Header)+len(c.Query)+len(c.After)+c.Attempts > 0 || c.Once
		if ofOne {
			return graph{}, errors.New("--file says all about its jobs: leave out --url, --query, --header, --body, --after, --in, --attempts, --timeout, --once and --key")
		}
		g, err := readGraph(c.File)
		for i := range g.Jobs {
			g.Jobs[i].Queue, g.Jobs[i].Method = cmp.Or(g.Jobs[i].Queue, c.Queue), cmp.Or(g.Jobs[i].Method, c.Method)
		}
		g.Held = g.Held || c.Held
		return g, err
	}
	if c.URL == "" {
		return graph{}, errors.New("say where to call, with --url, or add a graph with --file")
	}
	node := graphJob{
		Queue: c.Queue, Method: c.Method, URL: c.URL, After: c.After, In: c.In, Attempts: c.Attempts, Timeout: c.Timeout, Once: c.Once, Key: c.Key,
	}
	var err error
	if node.Query, err = pairs(c.Query, "=", "--query"); err != nil {
		return graph{}, err
	}
	if node.Headers, err = pairs(c.Header, ":", "--header"); err != nil {
		return graph{}, err
	}
	node.Body.text = c.Body
	if file, ok := strings.CutPrefix(c.Body, "@"); ok {
		content, err := os.ReadFile(file)
		if err != nil {
			return graph{}, fmt.Errorf("read the body: %w", err)
		}
		node.Body.text = string(content)
	}
	return graph{Held: c.Held, Jobs: []graphJob{node}}, nil
}

// pairs reads flags that hold a name and a value each.
func pairs(flags []string, separator, flag string) (map[string]string, error) {
	all := map[string]string{}
	for _, f := range flags {
		name, value, ok := strings.Cut(f, separator)
		if name = strings.TrimSpace(name); !ok || name == "" {
			return nil, fmt.Errorf("%s is written NAME%sVALUE", flag, separator)
		}
		all[name] = strings.TrimSpace(value)
	}
	return all, nil
}

// jobs are the jobs of the graph, checked like what is configured.
func (g graph) jobs(c *config.Config, now time.Time, newID func() string) ([]queue.New, error) {
	name := g.Graph
	if name == "" && (g.Held || len(g.Jobs) > 1) {
		name = newID()
	}
	ids := map[string]string{} // by name in the file
	jobs := make([]queue.New, len(g.Jobs))
	for i, node := range g.Jobs {
		j, err := node.job(c, now, newID())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", node.called(i), err)
		}
		if _, twice := ids[node.Name]; twice && node.Name != "" {
			return nil, fmt.Errorf("two jobs are called %q: give each a name of its own", node.Name)
		}
		ids[node.Name] = j.ID
		j.Graph, j.Held = name, g.Held
		if j.Key == "" && node.Name != "" && name != "" {
			j.Key = "graph/" + name + "/" + node.Name
		}
		if j.Key == "" {
			j.Key = "added/" + j.ID
		}
		jobs[i] = j
	}
	for i := range jobs {
		for k, before := range jobs[i].After {
			if id, ok := ids[before]; ok && before != "" {
				jobs[i].After[k] = id
			}
		}
	}
	return jobs, nil
}

// job is one job of a graph, its After still in names.
func (n graphJob) job(c *config.Config, now time.Time, id string) (queue.New, error) {
	if _, ok := c.Queues[n.Queue]; !ok {
		return queue.New{}, fmt.Errorf("there is no queue %q for HTTP calls; configured are %s", n.Queue, strings.Join(slices.Sorted(maps.Keys(c.Queues)), ", "))
	}
	call := page.Call{Method: strings.ToUpper(n.Method), URL: n.URL, Query: n.Query, Headers: n.Headers, Body: n.Body.text, Once: n.Once}
	if err := call.Check(); err != nil {
		return queue.New{}, err
	}
	if err := mayHave(call, n.Queue, c.Queues[n.Queue]); err != nil {
		return queue.New{}, err
	}
	at := now
	var timeout time.Duration
	for text, set := range map[string]func(time.Duration){n.In: func(d time.Duration) { at = now.Add(d) }, n.Timeout: func(d time.Duration) { timeout = d }} {
		if text == "" {
			continue
		}
		d, err := config.ParseDuration(text)
		if err != nil {
			return queue.New{}, err
		}
		set(d)
	}
	if timeout < 0 || timeout > config.LongestTimeout {
		return queue.New{}, fmt.Errorf("a timeout of %s is too long; %s is the longest", n.Timeout, config.FormatDuration(config.LongestTimeout))
	}
	j := escalation.NewCallJob(id, n.Key, n.Queue, escalation.CallJob{Call: call}, at)
	j.MaxAttempts, j.Timeout, j.After = n.Attempts, timeout, slices.Clone(n.After)
	return j, nil
}

// mayHave says what to configure if the call, with its queue's headers, refers to a variable that does not
// go where it goes. The bot would refuse it when it is sent.
func mayHave(call page.Call, name string, q config.Queue) error {
	err := q.Secrets.Covers(call.WithHeaders(q.Headers))
	var refused *page.GrantError
	if !errors.As(err, &refused) {
		return err
	}
	to := page.Self
	if u, parsed := url.Parse(call.URL); parsed == nil && u.Host != "" {
		to = u.Scheme + "://" + u.Host
	}
	return fmt.Errorf("%w; if that is right, write into the configuration: queues: {%s: {secrets: {%s: '%s'}}}", err, name, refused.Variable, to)
}

// whatWasAdded reads back the jobs of these keys: those that were there keep their ids.
func whatWasAdded(ctx context.Context, s store.Store, g graph, jobs []queue.New) ([]added, error) {
	keys := make([]string, len(jobs))
	for i, j := range jobs {
		keys[i] = j.Key
	}
	there, err := s.JobsByKey(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("the jobs were added, but cannot be read back: %w", err)
	}
	ids := map[string]string{}
	for _, j := range there {
		ids[j.Key] = j.ID
	}
	list := make([]added, len(jobs))
	for i, j := range jobs {
		list[i] = added{Name: g.Jobs[i].Name, ID: j.ID, Queue: j.Queue, Key: j.Key, New: ids[j.Key] == j.ID}
		if id, ok := ids[j.Key]; ok {
			list[i].ID = id
		}
	}
	return list, nil
}

func (c queueAddCmd) print(in *invocation, g graph, list []added) error {
	w := tabwriter.NewWriter(in.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tQUEUE\tKEY\t")
	for _, a := range list {
		note := ""
		if !a.New {
			note = "was there already"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", a.ID, a.Queue, a.Key, note)
	}
	if err := w.Flush(); err != nil || !g.Held {
		return err
	}
	_, err := fmt.Fprintln(in.stdout, "They are held: let them go with slabuddy queue release and an id, or the name of the graph.")
	return err
}
