// What a lesson asks, as its Markdown has it: places where to predict before looking, and its questions with their folded answers.
import { lexer, type Token, type Tokens } from 'marked';

/** Tokens are marked's; texts are Markdown. */
export interface Prediction {
  section: string;
  asked: Token[];
  /** Of the block of a console: what to type, one line each. */
  commands: string[];
  /** The console, and what the lesson says of it. */
  answer: Token[];
}

export interface LessonQuestion {
  number: number;
  asked: Token[];
  answer: Token[];
}

export interface LessonExercises {
  title: string;
  goal: string;
  predictions: Prediction[];
  questions: LessonQuestion[];
}

/** Throws for a prediction without commands behind it and a question without its answer. */
export function exercisesOf(markdown: string): LessonExercises {
  const tokens = lexer(markdown);
  const title =
    tokens.find((token): token is Tokens.Heading => token.type === 'heading' && token.depth === 1)?.text ?? '';
  const goal = /^\*\*Goal: (.*)\*\*$/m.exec(markdown)?.[1] ?? '';
  return { title, goal, predictions: predictionsOf(tokens), questions: questionsOf(tokens) };
}

function predictionsOf(tokens: readonly Token[]): Prediction[] {
  let section = '';
  return tokens.flatMap((token, i) => {
    if (token.type === 'heading') section = token.depth === 1 ? '' : token.text;
    if (!isPrediction(token)) return [];
    const behind = tokens.slice(i + 1);
    const at = behind.findIndex(isConsole);
    const block = behind[at];
    const said = behind.slice(at + 1).find(isText);
    if (block === undefined || said === undefined || behind.slice(0, at).some((one) => one.type === 'heading'))
      throw new Error(`nothing to look at behind: ${token.raw}`);
    const asked = ((token as Tokens.Blockquote).tokens ?? []).map(withoutWord);
    return [{ section, asked, commands: commandsOf(block), answer: [block, said] }];
  });
}

function isPrediction(token: Token): boolean {
  return token.type === 'blockquote' && token.raw.startsWith('> **Predict.**');
}

function isConsole(token: Token): token is Tokens.Code {
  return token.type === 'code' && (token as Tokens.Code).lang === 'console';
}

/** A paragraph that is more than a picture. */
function isText(token: Token): boolean {
  return token.type === 'paragraph' && !/^!\[[^\]]*\]\([^)]*\)\s*$/.test(token.raw);
}

/** `**Predict.** Which ...` without its first word: a sheet has a heading for it. */
function withoutWord(token: Token): Token {
  const [first] = lexer(token.raw.replace(/^\*\*Predict\.\*\* /, ''));
  return first ?? token;
}

function commandsOf(block: Token): string[] {
  return block.raw.split('\n').flatMap((line) => (line.startsWith('$ ') ? [line.slice(2)] : []));
}

/** Lists before `<details>` ask; those behind it answer, each with the blocks that follow it. */
function questionsOf(tokens: readonly Token[]): LessonQuestion[] {
  const from = tokens.findIndex((token) => token.type === 'heading' && (token as Tokens.Heading).text === 'Questions');
  const fold = tokens.findIndex((token) => token.raw.startsWith('<details>'));
  const answers = numbered(
    tokens.slice(
      fold + 1,
      tokens.findIndex((token) => token.raw.startsWith('</details>')),
    ),
  );
  return [...numbered(tokens.slice(from + 1, fold))].map(([number, asked]) => {
    const answer = answers.get(number);
    if (answer === undefined) throw new Error(`question ${number} has no answer`);
    return { number, asked, answer };
  });
}

function numbered(tokens: readonly Token[]): Map<number, Token[]> {
  const found = new Map<number, Token[]>();
  let last: Token[] | undefined;
  for (const token of tokens) {
    if (token.type !== 'list') {
      last?.push(token);
      continue;
    }
    const list = token as Tokens.List;
    for (const [i, item] of list.items.entries()) {
      last = [...item.tokens];
      found.set(Number(list.start) + i, last);
    }
  }
  return found;
}
