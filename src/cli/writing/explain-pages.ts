// The three things `explain` shows, in each of its formats. Written as pieces: JSON, SVG and HTML are one.
import type { Comparison } from '../../explain/compare/comparison.ts';
import type { Explanation } from '../../explain/explanation.ts';
import type { Prediction } from '../../explain/predict/prediction.ts';
import { renderComparison } from '../../render/explain/comparison-text.ts';
import {
  renderComparisonJson,
  renderExplanationJson,
  renderPredictionJson,
} from '../../render/explain/explanation-json.ts';
import { renderExplanation } from '../../render/explain/explanation-text.ts';
import type { ExplainLook } from '../../render/explain/packet-sections.ts';
import { comparisonPage } from '../../render/explain/page/comparison-page.ts';
import { explanationPage } from '../../render/explain/page/explanation-page.ts';
import { predictionPage } from '../../render/explain/page/prediction-page.ts';
import { renderPrediction } from '../../render/explain/prediction-text.ts';
import { renderHtmlPage } from '../../render/page/html.ts';
import type { Page } from '../../render/page/page-model.ts';
import { renderSvgPage } from '../../render/page/svg.ts';

export const EXPLAIN_OUTPUTS = ['text', 'json', 'svg', 'html'] as const;
export type ExplainOutput = (typeof EXPLAIN_OUTPUTS)[number];

export function explanationPages(explanation: Explanation, output: ExplainOutput, look: ExplainLook): Iterable<string> {
  switch (output) {
    case 'json':
      return [renderExplanationJson(explanation)];
    case 'text':
      return renderExplanation(explanation, look);
    default:
      return [renderPage(explanationPage(explanation, look), output)];
  }
}

export function comparisonPages(comparison: Comparison, output: ExplainOutput, look: ExplainLook): Iterable<string> {
  switch (output) {
    case 'json':
      return [renderComparisonJson(comparison)];
    case 'text':
      return renderComparison(comparison, look);
    default:
      return [renderPage(comparisonPage(comparison), output)];
  }
}

export function predictionPages(prediction: Prediction, output: ExplainOutput, look: ExplainLook): Iterable<string> {
  switch (output) {
    case 'json':
      return [renderPredictionJson(prediction)];
    case 'text':
      return renderPrediction(prediction, look);
    default:
      return [renderPage(predictionPage(prediction), output)];
  }
}

function renderPage(page: Page, output: 'svg' | 'html'): string {
  return output === 'svg' ? renderSvgPage(page) : renderHtmlPage(page);
}
