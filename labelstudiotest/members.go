package labelstudiotest

func (s *Server) inOrganization(c *call) error {
	if c.id(0) != organization {
		return notFound("Organization")
	}
	return nil
}

func listMembers(s *Server, c *call) (*answer, error) {
	if err := s.inOrganization(c); err != nil {
		return nil, err
	}
	list := []object{}
	for m := range s.state.members.all() {
		if m.ended {
			continue
		}
		who := append(s.fullUser(s.state.users.get(m.user)), member{"created_projects", nil}, member{"contributed_to_projects", nil})
		list = append(list, object{
			{"id", m.id}, {"organization", organization}, {"user", who}, {"created_projects", nil}, {"contributed_to_projects", nil},
		})
	}
	return c.paged(list, 20)
}

func (s *Server) memberOf(c *call) (*membership, error) {
	if err := s.inOrganization(c); err != nil {
		return nil, err
	}
	for m := range s.state.members.all() {
		if m.user == c.id(1) {
			return m, nil
		}
	}
	return nil, notFound("OrganizationMember")
}

func getMember(s *Server, c *call) (*answer, error) {
	m, err := s.memberOf(c)
	if err != nil {
		return nil, err
	}
	if err := c.allowed(); err != nil {
		return nil, err
	}
	projects := map[int64]bool{}
	annotations := s.state.annotations.where(func(a *annotation) bool { return a.completedBy == m.user })
	for _, a := range annotations {
		projects[s.state.tasks.get(a.task).project] = true
	}
	return asJSON(200, object{
		{"user", m.user}, {"organization", organization}, {"contributed_projects_count", len(projects)},
		{"annotations_count", len(annotations)}, {"created_at", stamp(m.created)},
		{"created_projects", nil}, {"contributed_to_projects", nil},
	}), nil
}

// deleteMember leaves a user who is called Deleted.
func deleteMember(s *Server, c *call) (*answer, error) {
	if !c.user.organization {
		return nil, fail(403, "You can delete members only for your current active organization")
	}
	m, err := s.memberOf(c)
	if err != nil || m.ended {
		return nil, fail(404, "Member not found")
	}
	if c.user.id != owner {
		return nil, fail(403, forbidden)
	}
	if m.user == c.user.id {
		return nil, &failure{status: 405, bare: object{{"detail", "User cannot soft delete self"}}}
	}
	u := s.state.users.get(m.user)
	m.ended, u.removed, u.organization = true, true, false
	return asJSON(204, noBody), nil
}
