import { wireDialogs } from "./islands/dialogs";
import { wireFlashes } from "./islands/flash";
import { wireLocate } from "./islands/locate";
import { wireNetwork } from "./islands/network";
import { wirePhotos } from "./islands/photos";
import { wireSending } from "./islands/sending";
import { wireSuggest } from "./islands/suggest";
import { wireTheme } from "./islands/theme";

wireDialogs();
wireFlashes();
wireNetwork();
wireTheme();
wirePhotos();
wireLocate();
wireSuggest();
wireSending();
