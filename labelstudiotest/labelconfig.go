package labelstudiotest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/labelstudio-go/labelstudio/labelconfig"
)

// checkConfig refuses a label config as the server does, for one reason.
func checkConfig(config string) error {
	if config == "" {
		return errors.New("Label config is not set or is empty") //nolint:staticcheck // in the server's words
	}
	if problems := labelconfig.Errors(labelconfig.Validate(config)); len(problems) > 0 {
		if problems[0].Kind == labelconfig.KindCrash {
			return fail(500, problems[0].Reason)
		}
		return errors.New(problems[0].Reason)
	}
	return nil
}

// reason is why a label config is refused. One that the server breaks on is a
// failure of its own.
func reason(err error) (text string, broken error) {
	if crash := new(failure); errors.As(err, &crash) {
		return "", crash
	}
	return err.Error(), nil
}

// parsed is what the server makes of a label config: its controls by name.
func parsed(config string) object {
	outputs := object{}
	c, err := labelconfig.Parse(config)
	if err != nil {
		return outputs // it was refused when it was set
	}
	for _, control := range c.Controls {
		inputs := []any{}
		for _, name := range control.ToName {
			if shown, ok := c.Object(name); ok {
				inputs = append(inputs, inputOf(shown))
			}
		}
		labels, attrs := []any{}, object{}
		for _, label := range control.Labels {
			if label.Value != "" {
				labels = append(labels, label.Value)
				attrs = append(attrs, member{label.Value, attributes(label.Attrs)})
			}
		}
		info := object{{"type", control.Tag}, {"to_name", control.ToName}}
		if conditions := conditionsOf(control.Attrs); conditions != nil {
			info = append(info, member{"conditionals", conditions})
		}
		if control.LabelsKey != "" || control.Attrs["apiUrl"] != "" {
			info = append(info, member{"dynamic_labels", true})
		}
		outputs = append(outputs, member{control.Name, append(info, object{
			{"inputs", inputs}, {"labels", labels}, {"labels_attrs", attrs},
		}...)})
	}
	return outputs
}

func inputOf(shown *labelconfig.Object) object {
	input := object{{"type", shown.Tag}, {"valueType", nil}}
	if kind, ok := shown.Attrs["valueType"]; ok {
		input[1].value = kind
	}
	if value, ok := shown.Attrs["value"]; ok {
		return append(input, member{"value", strings.TrimLeft(value, "$")})
	}
	return append(input, member{"valueList", strings.TrimLeft(shown.Attrs["valueList"], "$")})
}

// conditionsOf says for which regions a control is shown.
func conditionsOf(attrs map[string]string) any {
	if attrs["perRegion"] != "true" {
		return nil
	}
	for _, on := range [][2]string{{"whenTagName", "tag"}, {"whenLabelValue", "label"}, {"whenChoiceValue", "choice"}} {
		if name := attrs[on[0]]; name != "" {
			return object{{"type", on[1]}, {"name", name}}
		}
	}
	return nil
}

func attributes(attrs map[string]string) object {
	o := object{}
	for _, name := range slices.Sorted(maps.Keys(attrs)) {
		o = append(o, member{name, attrs[name]})
	}
	return o
}

// weights are those of a label config's controls, with what of them was set.
func weights(config string, set any) object {
	given, _ := set.(object)
	all := object{}
	for _, control := range parsed(config) {
		info, _ := control.value.(object)
		if info.text("type") == "Filter" {
			continue
		}
		before, _ := given.get(control.key)
		weight, _ := before.(object)
		overall, ok := weight.get("overall")
		if !ok || overall == nil {
			overall = 1.0
		}
		names, _ := weight.get("labels")
		byLabel, _ := names.(object)
		labels := object{}
		list, _ := info.get("labels")
		for _, label := range list.([]any) {
			name, _ := label.(string)
			value, ok := byLabel.get(name)
			if !ok || value == nil {
				value = 1.0
			}
			labels = append(labels, member{name, value})
		}
		all = append(all, member{control.key, object{{"overall", overall}, {"type", info.text("type")}, {"labels", labels}}})
	}
	return all
}

// changed says what the server says of a label config in place of another: true,
// or null if nothing that matters differs.
func changed(before, after string) any {
	old := parsed(before)
	for _, control := range parsed(after) {
		value, ok := old.get(control.key)
		if !ok {
			return true
		}
		was, _ := value.(object)
		is, _ := control.value.(object)
		if was.text("type") != is.text("type") || !same(was, is, "inputs") {
			return true
		}
		kept, _ := is.get("labels")
		lost, _ := was.get("labels")
		for _, label := range lost.([]any) {
			if !slices.Contains(kept.([]any), label) {
				return true
			}
		}
	}
	return nil
}

func same(a, b object, key string) bool {
	x, _ := a.get(key)
	y, _ := b.get(key)
	return string(encode(x, compact)) == string(encode(y, compact))
}

var noBulk = strings.Fields(`Labels Brush BrushLabels Ellipse EllipseLabels KeyPoint KeyPointLabels Polygon PolygonLabels
	Rectangle RectangleLabels HyperTextLabels ParagraphLabels TimeSeriesLabels VideoRectangle`)

// suitsBulk says whether many tasks can be annotated at once.
func suitsBulk(config string) bool {
	c, err := labelconfig.Parse(config)
	if err != nil {
		return false
	}
	for _, control := range c.Controls {
		_, value := control.Attrs["value"]
		_, address := control.Attrs["apiUrl"]
		tree := control.Tag == "Taxonomy"
		switch {
		case slices.Contains(noBulk, control.Tag),
			strings.EqualFold(control.Attrs["perRegion"], "true"), strings.EqualFold(control.Attrs["perItem"], "true"),
			value && (tree || control.Tag == "Choices"), tree && address, tree && strings.EqualFold(control.Attrs["labeling"], "true"):
			return false
		}
	}
	return true
}

// fits checks that a label config keeps what a project's annotations have used,
// and their labels if it is strict.
func (s *Server) fits(p *project, config string, strict bool) error {
	c, err := labelconfig.Parse(config)
	if err != nil {
		return err
	}
	used := map[string]int{}
	for a := range s.state.annotations.all() {
		if s.state.tasks.get(a.task).project != p.id {
			continue
		}
		for _, r := range regionsOf(a.result) {
			if r.text("from_name") != "" && r.text("to_name") != "" {
				used[r.text("from_name")+"|"+r.text("to_name")+"|"+r.text("type")]++
			}
		}
	}
	var lost []string
	for _, key := range slices.Sorted(maps.Keys(used)) {
		parts := strings.SplitN(key, "|", 3)
		control, ok := c.Control(parts[0])
		if parts[2] != "textarea" && (!ok || !slices.Contains(control.ToName, parts[1]) || !strings.EqualFold(control.Tag, parts[2])) {
			lost = append(lost, fmt.Sprintf("%d with from_name=%s, to_name=%s, type=%s", used[key], parts[0], parts[1], parts[2]))
		}
	}
	if len(lost) > 0 && len(c.Controls) > 0 {
		return fmt.Errorf("Created annotations are incompatible with provided labeling schema, we found:\n%s", strings.Join(lost, "\n")) //nolint:staticcheck // in the server's words
	}
	if len(c.Controls) == 0 {
		return nil
	}
	return s.keepsLabels(p, c, strict)
}

// regionsOf are the objects of a result.
func regionsOf(result any) []object {
	list, _ := result.([]any)
	var regions []object
	for _, item := range list {
		if r, ok := item.(object); ok {
			regions = append(regions, r)
		}
	}
	return regions
}

func validateConfig(_ *Server, c *call) (*answer, error) {
	body, err := c.object()
	if refused := new(failure); errors.As(err, &refused) && refused.fields != nil {
		return nil, &failure{status: 400, bare: refused.fields}
	}
	if err != nil {
		return nil, err
	}
	refused := func(reason string) error {
		return &failure{status: 400, bare: object{{"label_config", []any{reason}}}}
	}
	value, given := body.get("label_config")
	config, ok := value.(string)
	switch {
	case !given:
		return nil, refused("This field is required.")
	case value == nil:
		return nil, refused("This field may not be null.")
	case !ok:
		return nil, refused("Not a valid string.")
	case config == "":
		return nil, refused("This field may not be blank.")
	}
	if err := checkConfig(config); err != nil {
		why, broken := reason(err)
		if broken != nil {
			return nil, broken
		}
		return nil, refused(why)
	}
	return asJSON(204, noBody), nil
}

func validateConfigFor(s *Server, c *call) (*answer, error) {
	p, err := s.projectOf(c)
	if err != nil {
		return nil, err
	}
	body, err := c.dictionary()
	if err != nil {
		return nil, err
	}
	value, _ := body.get("label_config")
	config, ok := value.(string)
	if value != nil && !ok {
		return nil, notBytes(value)
	}
	if err := checkConfig(config); err != nil {
		why, broken := reason(err)
		if broken != nil {
			return nil, broken
		}
		return nil, invalid(nonField, why)
	}
	if err := s.fits(p, config, true); err != nil {
		return nil, invalid(nonField, err.Error())
	}
	return asJSON(200, object{{"config_essential_data_has_changed", changed(p.config(), config)}}), nil
}

// notBytes is what becomes of a label config that is no string.
func notBytes(value any) error {
	return failf(500, "memoryview: a bytes-like object is required, not '%s'", pythonType(value))
}
