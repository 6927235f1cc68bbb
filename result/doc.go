// Package result makes, reads and checks the results of annotations and
// predictions: the entries of the list that both have as their Result.
//
// [For] makes them from a label config, [Parse] reads them, [CheckTask],
// [CheckAnnotation] and [CheckPrediction] hold them against a label config.
// The server does not: it takes a prediction with a label that the config
// doesn't have, or for another tag, and the labeling tool then shows less than
// the prediction says, or fails.
package result
