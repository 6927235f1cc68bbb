package result

import (
	"errors"
	"fmt"
)

// ErrInvalid is what every [*Problem] matches, and what a value that a method
// such as [Result.Box] cannot read is.
var ErrInvalid = errors.New("result: invalid")

// Problem is one thing that is wrong with an annotation or prediction. Checks
// return all of them, joined: [Problems] takes them apart.
type Problem struct {
	Path   string // where it is, such as "result[3].value.choices[0]"
	Reason string // what it is

	cause error // nil, or what labelconfig says
}

func (p *Problem) Error() string { return p.Path + ": " + p.Reason }

// Is reports whether target is [ErrInvalid].
func (p *Problem) Is(target error) bool { return target == ErrInvalid }

// Unwrap returns the [*labelconfig.TaskError] of a problem with the data of a
// task, else nil.
func (p *Problem) Unwrap() error { return p.cause }

// Problems returns the problems that an error of this package consists of.
func Problems(err error) []*Problem {
	var joined interface{ Unwrap() []error }
	var one *Problem
	var problems []*Problem
	switch {
	case errors.As(err, &joined):
		for _, err := range joined.Unwrap() {
			problems = append(problems, Problems(err)...)
		}
	case errors.As(err, &one):
		problems = append(problems, one)
	}
	return problems
}

func join(problems []*Problem) error {
	errs := make([]error, len(problems))
	for i, p := range problems {
		errs[i] = p
	}
	return errors.Join(errs...)
}

// checker collects problems.
type checker struct {
	problems []*Problem
}

func (c *checker) problem(path, reason string, args ...any) {
	c.problems = append(c.problems, &Problem{Path: path, Reason: fmt.Sprintf(reason, args...)})
}
