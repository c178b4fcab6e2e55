package commands_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// teamModal opens the modal of the support team.
func (w *world) teamModal(user, says string) slacktest.View {
	w.t.Helper()
	if said := w.types(user, channel, "/add-support-engineer"); said != "" {
		w.t.Fatalf("said at once: %s", said)
	}
	return w.modal(user, says)
}

func (w *world) engineer(name string) (calendar.Engineer, bool) {
	all := w.book.Settings(team).Engineers
	i := slices.IndexFunc(all, func(e calendar.Engineer) bool { return e.Name == name })
	if i < 0 {
		return calendar.Engineer{}, false
	}
	return all[i], true
}

func TestAnEngineerIsAddedChangedRemovedAndBroughtBack(t *testing.T) {
	w := newWorld(t)
	v := w.teamModal(admin, "2 engineers")
	says(t, read(v.Blocks), "Ana Silva", "Set in slabuddy.yaml")
	keepsQuiet(t, read(v.Blocks), "slabuddy_engineer_change") // the file's are not to be changed here

	// Choosing somebody fills in what Slack knows of them.
	w.clicks(admin, v, "slabuddy_engineer_user", "", "U0CY")
	v = w.modal(admin, "cy@example.com")

	ack := w.submits(admin, v, slacktest.Values{"name": {"Ana"}, "aliases": {"on-shift"}, "email": {"cy@"}})
	errs := map[string]string{}
	for block, words := range ack.Errors {
		name, _, _ := strings.Cut(block, "@")
		errs[name] = words
	}
	says(t, errs["name"], "Ana Silva's already")
	says(t, errs["aliases"], "a meaning of its own")
	says(t, errs["email"], "bare address")

	ack = w.submits(admin, v, slacktest.Values{"name": {"Cy Young"}, "aliases": {"Cy, Cyrus"}, "email": {"cy@example.com"}, "products": {"Auth"}})
	if ack.ResponseAction != "update" {
		t.Fatalf("%+v %s", ack.Errors, ack.Body)
	}
	want := calendar.Engineer{Name: "Cy Young", Aliases: []string{"Cy", "Cyrus"}, Slack: "U0CY", Email: "cy@example.com", Products: []string{"Auth"}}
	got, _ := w.engineer("Cy Young")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("in force (-want +got):\n%s", diff)
	}
	if again := w.Repeat(ack); !again.OK() || again.ResponseAction == "errors" {
		t.Errorf("submitted twice: %+v %s", again, again.Body)
	}
	v = w.modal(admin, "Saved: <@U0CY>")

	w.clicks(admin, v, "slabuddy_engineer_change", "", "edit U0CY")
	v = w.modal(admin, `"initial_value":"Cy, Cyrus"`)
	w.submits(admin, v, slacktest.Values{"products": {"Auth, Storage"}})
	if got, _ = w.engineer("Cy Young"); len(got.Products) != 2 {
		t.Errorf("%+v", got)
	}

	v = w.modal(admin, "Saved: <@U0CY>")
	w.clicks(admin, v, "slabuddy_engineer_change", "", "remove U0CY")
	v = w.modal(admin, "Removed: <@U0CY>")
	if _, is := w.engineer("Cy Young"); is {
		t.Error("not removed")
	}
	w.clicks(admin, v, "slabuddy_engineer_back", "")
	w.modal(admin, "<@U0CY> is in the support team again")
	if got, is := w.engineer("Cy Young"); !is || len(got.Products) != 2 {
		t.Errorf("brought back: %+v", got)
	}
}

func TestWhoeverIsNamedAfterTheCommandIsFilledIn(t *testing.T) {
	w := newWorld(t)
	w.types(admin, channel, "/add-support-engineer <@U0CY|cy>")
	v := w.modal(admin, "cy@example.com")
	w.submits(admin, v, nil)
	if got, is := w.engineer("Cy Young"); !is || got.Slack != "U0CY" {
		t.Errorf("%+v", got)
	}
}

func TestWhomTheFileNamesIsNotChangedHere(t *testing.T) {
	w := newWorld(t)
	v := w.teamModal(admin, "2 engineers")
	w.clicks(admin, v, "slabuddy_engineer_user", "", member)
	v = w.modal(admin, `"initial_value":"Ana Silva"`)
	ack := w.submits(admin, v, slacktest.Values{"name": {"Somebody else"}})
	for _, words := range ack.Errors {
		says(t, words, "slabuddy.yaml")
	}
	if len(ack.Errors) != 1 {
		t.Errorf("%+v", ack)
	}
}

// Their fields were never shown, so what stands in them is nobody's.
func TestAnEngineerIsNotOverwrittenUnseen(t *testing.T) {
	w := newWorld(t)
	v := w.teamModal(admin, "2 engineers")
	w.submits(admin, v, slacktest.Values{"slabuddy_engineer_user": {"U0CY"}, "name": {"Cy Young"}, "products": {"Auth"}})

	v = w.modal(admin, "Saved: <@U0CY>")
	ack := w.submits(admin, v, slacktest.Values{"slabuddy_engineer_user": {"U0CY"}, "name": {"Cyrus"}})
	for _, words := range ack.Errors {
		says(t, words, "in the team already")
	}
	if got, is := w.engineer("Cy Young"); !is || len(got.Products) != 1 || len(ack.Errors) != 1 {
		t.Errorf("%+v, %+v", got, ack.Errors)
	}
}

func TestDeactivatedEngineersAreFlagged(t *testing.T) {
	w := newWorld(t)
	w.AddUser(slacktest.User{ID: bob, Name: "bob", Deactivated: true})
	v := w.teamModal(admin, "account is deactivated")
	if n := strings.Count(read(v.Blocks), "account is deactivated"); n != 1 {
		t.Errorf("%d are flagged", n)
	}
	// It is remembered.
	calls := len(w.Calls("users.info"))
	w.teamModal(admin, "account is deactivated")
	if n := len(w.Calls("users.info")); n != calls {
		t.Errorf("Slack was asked %d times more", n-calls)
	}
}

func TestATeamTooLargeForOneWindowIsCutHonestly(t *testing.T) {
	w := newWorld(t)
	for i := range 120 {
		w.file.Engineers = append(w.file.Engineers, calendar.Engineer{Name: fmt.Sprintf("Engineer %d", i)})
	}
	w.book.SetBase(&w.file, "")
	v := w.teamModal(admin, "122 engineers")
	says(t, read(v.Blocks), "…and 42 more.")
}

// Asking whose account is in use takes a while. Whoever has gone on in the modal meanwhile keeps it.
func TestFlaggingTakesNothingAway(t *testing.T) {
	w := newWorld(t)
	if err := w.Deactivate(bob); err != nil {
		t.Fatal(err)
	}
	release := make(chan struct{})
	w.Inject(slacktest.Fault{Method: "users.info", When: func(c slacktest.Call) bool { return c.Args["user"] == bob }, Do: slacktest.Late(release)})
	w.types(admin, channel, "/add-support-engineer")
	v := w.modal(admin, "The support team")
	if _, err := w.ClickIn(admin, v.ID, "slabuddy_engineer_user", "U0CY"); err != nil {
		t.Fatal(err)
	}
	w.modal(admin, "Cy Young")
	updates := len(w.Calls("views.update"))
	close(release)
	w.waits("the flag", func() bool { return len(w.Calls("views.update")) > updates })
	w.modal(admin, "Cy Young")
}
