// `query`: declared here, its code loaded when it runs.
import type { Command } from 'commander';
import type { Dispatch } from './commands.ts';

const QUERY_EXAMPLES = `Examples:
  overlens trace --resume captures/ -t topology/ -w flows/     makes the folder
  overlens query 'FROM leaks' flows/                           who talks plain
  overlens query 'FROM node_pairs LIMIT 10' flows/ -o csv
  overlens query .views                                        what there is
  overlens query .schema                                       the columns of observations
`;

export function declareQuery(program: Command, { io, done }: Dispatch): void {
  program
    .command('query')
    .description('SQL over what trace -o parquet wrote (by DuckDB, where @duckdb/node-api is installed)')
    .argument('[sql]', 'SQL for DuckDB, .schema or .views')
    .argument('[dir...]', 'the folder of -w')
    .option('-o, --output <format>', 'table, csv or json', 'table')
    .addHelpText('before', QUERY_EXAMPLES)
    .action(async (sql: string | undefined, folders: string[], raw) => {
      const { runQuery } = await import('../commands/query-command.ts');
      done(await runQuery(sql === undefined ? [] : [sql, ...folders], raw, io));
    });
}
