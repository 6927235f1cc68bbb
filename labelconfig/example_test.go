package labelconfig_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log"

	"github.com/labelstudio-go/labelstudio/labelconfig"
)

const reviews = `<View>
  <Text name="review" value="$text"/>
  <Image name="photo" value="$product.photo"/>
  <Choices name="mood" toName="review"><Choice value="Good" alias="good"/><Choice value="Bad" alias="bad"/></Choices>
</View>`

func ExampleParse() {
	config, err := labelconfig.Parse(reviews)
	if err != nil {
		log.Fatal(err)
	}
	for _, control := range config.Controls {
		fmt.Println(control.Tag, control.Name, "labels", control.ToName)
		for _, label := range control.Labels {
			fmt.Println("-", label.Value)
		}
	}
	// Output:
	// Choices mood labels [review]
	// - good
	// - bad
}

func ExampleValidate() {
	err := labelconfig.Validate(`<View>
  <Text name="review" value="$text"/>
  <Choices name="mood" toName="text"><Choice value="Good"/><Choice/></Choices>
</View>`)
	fmt.Println(err)
	var first *labelconfig.Error
	if errors.As(err, &first) {
		fmt.Println(first.Kind, first.Path)
	}
	// Output:
	// labelconfig: line 3, column 60: View/Choices/Choice[2]: it needs the attribute value
	// labelconfig: line 3, column 3: View/Choices: toName names "text", and there is no tag of that name
	// tag View/Choices/Choice[2]
}

func ExampleConfig_DataKeys() {
	config, err := labelconfig.Parse(reviews)
	if err != nil {
		log.Fatal(err)
	}
	for _, key := range config.DataKeys() {
		fmt.Println(key.Key, key.Types, key.URL)
	}
	// Output:
	// text [string number boolean list] false
	// product.photo [string list] true
}

func ExampleConfig_CheckTask() {
	config, err := labelconfig.Parse(reviews)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(config.CheckTask(json.RawMessage(`{"text": "Lasts for days.", "product": {"photo": 7}}`)))
	// Output:
	// labelconfig: data.product.photo: number: the label config's <Image name="photo"> needs it as string, list
}
