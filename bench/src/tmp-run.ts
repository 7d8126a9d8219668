import { build } from "./build.ts";
import { measure } from "./run/measure.ts";
import { showGroup, toFigures } from "./run/report.ts";

await build();
for (const name of ["http", "http-kinds", "router"]) {
  const { group } = await import(`./run/${name}.ts`);
  const measured = await measure(group);
  console.log(`\n${showGroup(group, toFigures(group, measured))}\n`);
}
