package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/slabuddy/slabuddy/store"
)

type migrateCmd struct {
	Up     migrateUpCmd     `cmd:"" help:"Apply what is missing. serve does so itself."`
	Status migrateStatusCmd `cmd:"" help:"List the migrations, applied or not."`
}

type migrateUpCmd struct{}

func (migrateUpCmd) Run(in *invocation) error {
	s, err := openOrMake(in)
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.Migrate(in.ctx); err != nil {
		return err
	}
	_, err = fmt.Fprintf(in.stdout, "The database (%s) is up to date.\n", s.Name())
	return err
}

type migrateStatusCmd struct {
	JSON bool `help:"For programs."`
}

func (c migrateStatusCmd) Run(in *invocation) error {
	s, err := openExisting(in)
	if err != nil {
		return err
	}
	defer s.Close()
	migrations, err := s.MigrationStatus(in.ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(in, listed(migrations))
	}
	w := tabwriter.NewWriter(in.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "VERSION\tNAME\tAPPLIED")
	for _, m := range migrations {
		applied := "no"
		if m.Applied {
			applied = "yes"
		}
		fmt.Fprintf(w, "%d\t%s\t%s\n", m.Version, m.Name, applied)
	}
	return w.Flush()
}

// listedMigration is a migration as programs read it.
type listedMigration struct {
	Version int64  `json:"version"`
	Name    string `json:"name"`
	Applied bool   `json:"applied"`
}

func listed(migrations []store.Migration) []listedMigration {
	list := make([]listedMigration, len(migrations))
	for i, m := range migrations {
		list[i] = listedMigration(m)
	}
	return list
}
