package overlay

import "strings"

// segments cuts a JSONPath into the steps that it takes from the top:
// `$.paths["/a"].get` is `.paths`, `["/a"]` and `.get`.
func segments(target string) []string {
	var steps []string
	rest := strings.TrimPrefix(strings.TrimSpace(target), "$")
	for rest != "" {
		end := segmentEnd(rest)
		steps = append(steps, rest[:end])
		rest = rest[end:]
	}
	return steps
}

// segmentEnd finds the end of the step that s begins with: a dot or a bracket
// outside of all brackets and quotes.
func segmentEnd(s string) int {
	depth, quote := 0, byte(0)
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case quote != 0 && c == '\\':
			i++
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
		case c == '\'' || c == '"':
			quote = c
		case c == '[':
			if depth == 0 && i > 0 && strings.Trim(s[:i], ".") != "" {
				return i
			}
			depth++
		case c == ']':
			depth--
		case c == '.' && depth == 0 && i > 0 && strings.Trim(s[:i], ".") != "":
			return i
		}
	}
	return len(s)
}

// literal returns the key that a step names, if it names one.
func literal(step string) (key string, ok bool) {
	if name, ok := strings.CutPrefix(step, "."); ok {
		return name, name != "" && !strings.ContainsAny(name, ".*~[")
	}
	inner, ok := strings.CutPrefix(step, "[")
	if !ok {
		return "", false
	}
	inner, ok = strings.CutSuffix(inner, "]")
	if !ok || len(inner) < 2 || inner[0] != inner[len(inner)-1] || inner[0] != '"' && inner[0] != '\'' {
		return "", false
	}
	inner, quote := inner[1:len(inner)-1], inner[:1]
	return inner, !strings.Contains(inner, quote) && !strings.Contains(inner, `\`)
}

// literals returns the keys that steps name, as far as they all do.
func literals(steps []string) []string {
	var keys []string
	for _, step := range steps {
		key, ok := literal(step)
		if !ok {
			break
		}
		keys = append(keys, key)
	}
	return keys
}
