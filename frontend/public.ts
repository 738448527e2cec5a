import { wireFlashes } from "./islands/flash";
import { wireLocate } from "./islands/locate";
import { wirePhotos } from "./islands/photos";
import { wireReceipt } from "./islands/receipt";
import { wireSending } from "./islands/sending";
import { wireTheme } from "./islands/theme";

wireFlashes();
wireTheme();
wirePhotos();
wireLocate();
wireReceipt();
wireSending();
