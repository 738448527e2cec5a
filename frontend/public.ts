import { wireFlashes } from "./islands/flash";
import { wireTheme } from "./islands/theme";

wireFlashes();
wireTheme();
