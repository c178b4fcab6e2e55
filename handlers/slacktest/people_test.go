package slacktest_test

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

func TestUsersAreFoundByIDAndByAddress(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	byID, err := client(w).GetUserInfoContext(t.Context(), ana)
	ok(t, err)
	byEmail, err := client(w).GetUserByEmailContext(t.Context(), "Ana@Example.com")
	ok(t, err)
	if !reflect.DeepEqual(byID, byEmail) {
		t.Errorf("by id %+v, by address %+v", byID, byEmail)
	}
	if byID.RealName != "Ana Silva" || byID.Profile.Email != "ana@example.com" || byID.TeamID != "T0SLABUDDY" || byID.IsBot {
		t.Errorf("user: %+v", byID)
	}
	me, err := client(w).GetUserInfoContext(t.Context(), bot)
	ok(t, err)
	if !me.IsBot || me.Profile.BotID != "B0SLABUDDY" {
		t.Errorf("bot user: %+v", me)
	}
}

func TestUnknownAndDeactivatedUsers(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	w.AddUser(slacktest.User{ID: "U0GONE", Email: "gone@example.com", Deactivated: true})
	if got := call(t, w, "users.info", "user", "U0NOBODY")["error"]; got != "user_not_found" {
		t.Errorf("users.info: %v", got)
	}
	for _, email := range []string{"nobody@example.com", "gone@example.com"} {
		if got := call(t, w, "users.lookupByEmail", "email", email)["error"]; got != "users_not_found" {
			t.Errorf("%s: %v", email, got)
		}
	}
}

func TestAddressesAreShownOnlyToThoseWhoMayReadThem(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{Scopes: []string{"users:read"}})
	u, err := client(w).GetUserInfoContext(t.Context(), ana)
	ok(t, err)
	if u.Profile.Email != "" {
		t.Errorf("email = %q", u.Profile.Email)
	}
}

func TestUserGroups(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	w.AddGroup(slacktest.Group{ID: "S0SUPPORT", Handle: "support", Name: "Support", Users: []string{ana}})
	w.AddGroup(slacktest.Group{ID: "S0OLD", Handle: "old", Disabled: true})
	groups, err := client(w).GetUserGroupsContext(t.Context(), slack.GetUserGroupsOptionIncludeUsers(true), slack.GetUserGroupsOptionIncludeCount(true))
	ok(t, err)
	if len(groups) != 1 || groups[0].Handle != "support" || groups[0].UserCount != 1 || groups[0].Users[0] != ana {
		t.Errorf("groups: %+v", groups)
	}
	all, err := client(w).GetUserGroupsContext(t.Context(), slack.GetUserGroupsOptionIncludeDisabled(true))
	ok(t, err)
	if len(all) != 2 || all[0].Users != nil || all[1].DateDelete == 0 {
		t.Errorf("with disabled ones, without users: %+v", all)
	}
	members, err := client(w).GetUserGroupMembersContext(t.Context(), "S0SUPPORT")
	ok(t, err)
	if diff := cmp.Diff([]string{ana}, members); diff != "" {
		t.Error(diff)
	}
	if got := call(t, w, "usergroups.users.list", "usergroup", "S0OLD")["error"]; got != "no_such_subteam" {
		t.Errorf("a disabled group: %v", got)
	}
}
