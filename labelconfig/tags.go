package labelconfig

import "strconv"

// What the server's JSON schema asks of tags. It holds for the children of
// Views only, by their exact names, and for nothing if the root is no View.

// maxViews is how many Views, Choices and Labels can stand in each other. With
// more the server fails, sooner if several Views stand side by side: at 92, else
// at 114.
const maxViews = 91

func (v *validator) tags() {
	if root := v.doc.root; root.tag == "View" {
		v.view(root, true, 1)
	}
}

// view checks a View. fixed says that a single Choice is made a list in it, as the
// server does only in Views that stand in nothing but Views.
func (v *validator) view(view *node, fixed bool, depth int) {
	if depth > maxViews {
		v.fail(KindCrash, view, "there are more than "+strconv.Itoa(maxViews)+" Views, Choices and Labels in each other")
		return
	}
	isRoot := view.parent == nil
	fixed = fixed && everyChoicesHasChoice(view)
	for _, n := range view.children {
		switch n.tag {
		case "View":
			v.view(n, fixed, depth+1)
		case "Choices":
			v.labelsControl(n, "Choice", depth+1)
			if count(n, "Choice") == 1 && !fixed {
				v.fail(KindTag, n, "it has a single Choice where the server takes only several: add one")
			}
		case "Labels":
			v.labelsControl(n, "Label", depth+1)
		case "Choice", "Label":
			if !isRoot {
				v.label(n)
			}
		case "Image", "Text", "HyperText":
			v.object(n)
		case "TextArea", "Number":
			v.control(n)
		}
	}
}

// everyChoicesHasChoice is false if there are several Choices and one of them
// has no Choice: then the server leaves all of them as they are.
func everyChoicesHasChoice(view *node) bool {
	total, having := 0, 0
	for _, n := range view.children {
		if n.tag == "Choices" {
			total++
			having += min(count(n, "Choice"), 1)
		}
	}
	return total < 2 || having == total
}

// labelsControl checks Choices and Labels.
func (v *validator) labelsControl(n *node, label string, depth int) {
	v.control(n)
	_, hasValue := n.lookup("value")
	if !hasValue && count(n, label) == 0 && count(n, "View") == 0 {
		v.fail(KindTag, n, "it needs a <"+label+" value=…>, or value=\"$key\" for labels from the task")
	}
	for _, child := range n.children {
		switch child.tag {
		case label:
			v.label(child)
		case "View":
			v.view(child, false, depth+1)
		}
	}
}

// control checks a tag that needs a name and a toName.
func (v *validator) control(n *node) {
	for _, attribute := range []string{"name", "toName"} {
		switch value, ok := n.lookup(attribute); {
		case !ok:
			v.fail(KindTag, n, "it needs the attribute "+attribute)
		case !isString(value):
			v.fail(KindTag, n, attribute+"=\""+value+"\" is no text for the server: let it begin with a letter")
		}
	}
	v.text(n)
}

// object checks a tag that needs a name and either a value or a valueList.
func (v *validator) object(n *node) {
	_, hasValue := n.lookup("value")
	_, hasValueList := n.lookup("valueList")
	if _, ok := n.lookup("name"); !ok {
		v.fail(KindTag, n, "it needs the attribute name")
	}
	switch {
	case hasValue && hasValueList:
		v.fail(KindTag, n, "it has both value and valueList: take one away")
	case !hasValue && !hasValueList:
		v.fail(KindTag, n, "it needs the attribute value, such as value=\"$key\"")
	}
	v.text(n)
}

// label checks a Label or a Choice.
func (v *validator) label(n *node) {
	if _, ok := n.lookup("value"); !ok {
		v.fail(KindTag, n, "it needs the attribute value")
	}
	v.text(n)
}

// text refuses a tag with a text in it that is a number or a boolean.
func (v *validator) text(n *node) {
	if text := n.text.String(); !isString(text) {
		v.fail(KindTag, n, "there stands "+strconv.Quote(text)+" in it: take it away")
	}
}

func count(n *node, tag string) int {
	total := 0
	for _, child := range n.children {
		if child.tag == tag {
			total++
		}
	}
	return total
}
