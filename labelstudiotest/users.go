package labelstudiotest

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// organization is the id of the one organization that there is.
const organization = int64(1)

// owner is the id of the administrator, who alone takes others away.
const owner = int64(1)

const organizationTitle = "Label Studio"

type user struct {
	id                                          int64
	firstName, lastName, username, email, phone string
	legacyToken                                 string
	pats                                        []string
	hotkeys                                     any
	newsletters                                 any
	organization                                bool // is active in it
	removed                                     bool // from the organization: shown as Deleted
	seen, joined                                time.Time
}

type membership struct {
	id      int64
	user    int64
	created time.Time
	ended   bool // is not listed any more, but found
}

// newUser makes a member of the organization.
func (s *Server) newUser(email, username string) *user {
	now := s.now()
	u := &user{
		email: email, username: username, hotkeys: object{}, organization: true, legacyToken: randomHex(20), seen: now, joined: now,
	}
	s.state.users.add(u, func(id int64) { u.id = id })
	m := &membership{user: u.id, created: now}
	s.state.members.add(m, func(id int64) { m.id = id })
	return u
}

// shown is a user as others see it.
func (u *user) shown() *user {
	if !u.removed {
		return u
	}
	other := *u
	other.firstName, other.lastName, other.username, other.email = "Deleted", "User", "Deleted", "Deleted"
	return &other
}

// initials are those of the names, or the first letters of the address.
func (u *user) initials() string {
	if u.removed {
		return "DU"
	}
	names := first(u.firstName, 1) + first(u.lastName, 1)
	if names == "" {
		return first(u.email, 2)
	}
	return names
}

// first are the first characters of a text.
func first(s string, n int) string {
	runes := []rune(s)
	return string(runes[:min(n, len(runes))])
}

// short is a user as others' properties have it.
func (u *user) short() object {
	u = u.shown()
	o := object{
		{"id", u.id}, {"first_name", u.firstName}, {"last_name", u.lastName}, {"email", u.email}, {"avatar", nil},
	}
	if u.removed {
		o = append(o, member{"username", u.username})
	}
	return o
}

// created is the user who has made something, or null.
func (s *Server) created(by int64) any {
	if u := s.state.users.get(by); u != nil {
		return u.short()
	}
	return nil
}

func (s *Server) fullUser(u *user) object {
	u = u.shown()
	active, meta := any(nil), object{{"title", ""}, {"email", ""}}
	if u.organization {
		active = organization
		meta = object{{"title", organizationTitle}, {"email", s.options.email}}
	}
	return object{
		{"id", u.id}, {"first_name", u.firstName}, {"last_name", u.lastName}, {"username", u.username}, {"email", u.email},
		{"last_activity", stamp(u.seen)}, {"custom_hotkeys", u.hotkeys}, {"avatar", nil}, {"initials", u.initials()},
		{"phone", u.phone}, {"active_organization", active}, {"active_organization_meta", meta},
		{"allow_newsletters", u.newsletters}, {"date_joined", stamp(u.joined)},
	}
}

// permissions are those of every member of the Community edition.
var permissions = strings.Fields(`
	organizations.create organizations.view organizations.change organizations.delete organizations.invite
	projects.create projects.view projects.change projects.delete projects.reset_cache
	tasks.create tasks.view tasks.change tasks.delete views.reset
	annotations.create annotations.view annotations.change annotations.delete actions.perform predictions.any avatar.any
	labels.create labels.view labels.change labels.delete models.create models.view models.change models.delete
	model_provider_connection.create model_provider_connection.view model_provider_connection.change
	model_provider_connection.delete webhooks.view webhooks.change users.token.any
	storages.view storages.change storages.sync views.view views.create views.change views.delete`)

func whoAmI(s *Server, c *call) (*answer, error) {
	return asJSON(200, append(s.fullUser(c.user), member{"permissions", permissions})), nil
}

func legacyToken(_ *Server, c *call) (*answer, error) {
	return asJSON(200, object{{"token", c.user.legacyToken}}), nil
}

func resetLegacyToken(s *Server, c *call) (*answer, error) {
	c.user.legacyToken = randomHex(20)
	return asJSON(201, object{{"token", c.user.legacyToken}}), nil
}

func (s *Server) userOf(c *call) (*user, error) {
	if !isDigits(c.params[0]) {
		return nil, fail(404, "Not found.")
	}
	u := s.state.users.get(c.id(0))
	if u == nil || !c.user.organization { // without one there is nobody
		return nil, notFound("User")
	}
	return u, nil
}

func listUsers(s *Server, c *call) (*answer, error) {
	list := []object{}
	for u := range s.state.users.all() {
		if !c.user.organization {
			break
		}
		list = append(list, s.fullUser(u))
	}
	return asJSON(200, list), nil
}

func getUser(s *Server, c *call) (*answer, error) {
	u, err := s.userOf(c)
	if err != nil {
		return nil, err
	}
	return asJSON(200, s.fullUser(u)), nil
}

var userFields = []field{
	{name: "first_name", blank: true, max: 256}, {name: "last_name", blank: true, max: 256}, {name: "username", max: 256},
	{name: "email", blank: true, max: 254}, {name: "phone", blank: true, max: 256},
	{name: "custom_hotkeys", kind: anything, null: true}, {name: "active_organization", kind: integer, null: true},
	{name: "allow_newsletters", kind: boolean, null: true}, {name: "date_joined", kind: moment},
}

// addressForm is what the server takes for an address.
var addressForm = regexp.MustCompile(`(?i)^[-!#$%&'*+/=?^_{}|~0-9A-Z` + "`" + `]+(\.[-!#$%&'*+/=?^_{}|~0-9A-Z` + "`" + `]+)*` +
	`@(([A-Z0-9]([A-Z0-9-]{0,61}[A-Z0-9])?\.)+([A-Z0-9-]{1,62}[A-Z0-9])|localhost)$`)

// addressRefused says why nobody can have an address, or nothing.
func (s *Server) addressRefused(email string) (reason string) {
	switch {
	case !addressForm.MatchString(email):
		return "Enter a valid email address."
	case s.byEmail(email) != nil:
		return "user with this email address already exists."
	}
	return ""
}

// readUser returns what a request sets of a user.
func (s *Server) readUser(c *call, fields []field) (object, error) {
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	values, err := readFields(fields, body)
	reasons := object{}
	if refused := new(failure); errors.As(err, &refused) {
		reasons = refused.fields
	}
	refuseFor := func(name, reason string) {
		if !reasons.has(name) {
			reasons = append(reasons, member{name, []any{reason}})
		}
	}
	if email := strings.TrimSpace(body.text("email")); email != "" && fields[3].name == "email" {
		if reason := s.addressRefused(email); reason != "" {
			refuseFor("email", reason)
		}
	}
	if id, given := body.integer("active_organization"); given && id != organization {
		refuseFor("active_organization", fmt.Sprintf("Invalid pk \"%d\" - object does not exist.", id))
	}
	if len(reasons) > 0 {
		return nil, refuse(reasons)
	}
	return values, nil
}

func (u *user) set(values object) {
	for name, into := range map[string]*string{
		"first_name": &u.firstName, "last_name": &u.lastName, "username": &u.username, "email": &u.email, "phone": &u.phone,
	} {
		if values.has(name) {
			*into = values.text(name)
		}
	}
	if value, given := values.get("custom_hotkeys"); given {
		u.hotkeys = value
	}
	if value, given := values.get("allow_newsletters"); given {
		u.newsletters = value
	}
	if value, given := values.get("active_organization"); given {
		u.organization = value != nil
	}
	if at, err := time.Parse(time.RFC3339Nano, values.text("date_joined")); err == nil {
		u.joined = at
	}
}

func createUser(s *Server, c *call) (*answer, error) {
	fields := slices.Clone(userFields)
	fields[2].required = true
	values, err := s.readUser(c, fields)
	if err != nil {
		return nil, err
	}
	if s.byEmail(values.text("email")) != nil {
		return nil, fail(500, "UNIQUE constraint failed: htx_user.email")
	}
	u := s.newUser("", "")
	u.organization = false
	u.set(values)
	return asJSON(201, s.fullUser(u)), nil
}

func (s *Server) byEmail(email string) *user {
	for u := range s.state.users.all() {
		if strings.EqualFold(u.email, email) {
			return u
		}
	}
	return nil
}

// updateUser refuses another address, but not before it has changed the rest.
func updateUser(s *Server, c *call) (*answer, error) {
	u, err := s.userOf(c)
	if err != nil {
		return nil, err
	}
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	values, err := s.readUser(c, slices.DeleteFunc(slices.Clone(userFields), func(f field) bool { return f.name == "email" }))
	if err != nil {
		return nil, err
	}
	u.set(values)
	if body.has("email") {
		return nil, fail(405, "Cannot update read-only field: email")
	}
	return asJSON(200, s.fullUser(u)), nil
}

// deleteUser leaves the annotations, which nobody has made then.
func deleteUser(s *Server, c *call) (*answer, error) {
	u, err := s.userOf(c)
	if err != nil {
		return nil, err
	}
	if c.user.id != owner || u.id == owner {
		return nil, fail(403, forbidden)
	}
	s.state.users.removeWhere(func(other *user) bool { return other == u })
	s.state.members.removeWhere(func(m *membership) bool { return m.user == u.id })
	for a := range s.state.annotations.all() {
		if a.completedBy == u.id {
			a.completedBy = 0
		}
		if a.updatedBy == u.id {
			a.updatedBy = 0
		}
	}
	return asJSON(204, noBody), nil
}
