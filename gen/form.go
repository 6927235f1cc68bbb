package main

import "strings"

// form is one way to call an operation: without a body, or with one kind of it.
type form struct {
	op     *operation
	Name   string // of the method
	JSON   bool   // the body is encoded as JSON
	Reader bool   // the body is read as it is sent
}

// forms lists the ways to call op. An operation that takes JSON and multipart
// becomes two methods.
func (op *operation) forms() []form {
	var list []form
	if op.Body != "" || !op.Multipart {
		list = append(list, form{op: op, Name: op.Name, JSON: op.Body != ""})
	}
	if op.Multipart {
		name := op.Name
		if op.Body != "" {
			name += "Multipart"
		}
		list = append(list, form{op: op, Name: name, Reader: true})
	}
	return list
}

// Args writes the parameters of a function that follow its context.
func (f form) Args() string { return f.write(true) }

// ArgNames writes the arguments of a call that follow its context.
func (f form) ArgNames() string { return f.write(false) }

func (f form) write(types bool) string {
	var out strings.Builder
	add := func(name, t string) {
		out.WriteString(", " + name)
		if types {
			out.WriteString(" " + t)
		}
	}
	for _, p := range f.op.PathParams {
		add(p.GoName, p.Type)
	}
	if len(f.op.Query) > 0 {
		add("params", "*"+f.op.Group+f.op.Name+"Params")
	}
	switch {
	case f.JSON:
		add("body", f.op.Body)
	case f.Reader:
		add("contentType", "string")
		add("body", "io.Reader")
	}
	return out.String()
}
